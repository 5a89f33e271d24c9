package sinkprocess

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
)

// Three JSON values are the whole protocol: the parent writes a sinkRequest to the
// child's stdin and keeps that open; the child writes a sinkReady to its stdout, and
// when stdin ends, a sinkDone.

// A sinkRequest says what to serve. It comes on stdin, so that ps does not show the
// passwords in it.
type sinkRequest struct {
	gauge.SinkOrder
	Descriptors uint64 `json:"descriptors"` // how many the child may need
}

// A sinkReady says where the child listens, or why it does not.
type sinkReady struct {
	Addresses []string `json:"addresses"` // in the order of the listeners
	CA        []byte   `json:"ca"`        // PEM
	Error     string   `json:"error"`     // "" if it listens
}

// A sinkDone is what the child has counted.
type sinkDone struct {
	Counts gauge.SinkCounts `json:"counts"`
}

// Command is the name of the subcommand that is the child.
const Command = "sink-process"

// sinkFinishLimit ends a sink that hangs. It is long, since on a busy machine a sink
// may take seconds to end. The start needs no limit: a sink either listens or ends.
const sinkFinishLimit = time.Minute

// A sinkProcess is the child that runs.
type sinkProcess struct {
	ready  sinkReady
	stdin  io.WriteCloser
	done   chan sinkDone // at most one value; closed when nothing more comes
	exited chan error
	kill   context.CancelFunc
}

// Sinks starts the sinks of runs, each as a child of this process.
type Sinks struct {
	Stderr      io.Writer // takes what the children write to theirs
	Descriptors uint64    // how many files each child may need to open
}

// Start starts a sink and waits until it listens.
func (s Sinks) Start(ctx context.Context, order gauge.SinkOrder) (gauge.SinkServer, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the sink: %w", err)
	}
	// The child outlives ctx: it has to answer until the run has drained.
	life, kill := context.WithCancel(context.WithoutCancel(ctx))
	cmd := exec.CommandContext(life, path, Command)
	cmd.Args[0] = "smtpgauge"
	cmd.Stderr = s.Stderr
	cmd.WaitDelay = time.Second
	dieWithParent(cmd)
	p := &sinkProcess{done: make(chan sinkDone, 1), exited: make(chan error, 1), kill: kill}
	ready, err := p.launch(cmd, sinkRequest{order, s.Descriptors})
	if err != nil {
		kill()
		return nil, fmt.Errorf("start the sink: %w", err)
	}
	select {
	case p.ready = <-ready:
		if p.ready.Error == "" {
			return p, nil
		}
		err = errors.New(p.ready.Error)
	case <-ctx.Done():
		err = ctx.Err()
	}
	kill()
	<-p.exited
	return nil, fmt.Errorf("start the sink: %w", err)
}

// launch starts the child and the goroutines that read from it and wait for
// it.
func (p *sinkProcess) launch(cmd *exec.Cmd, request sinkRequest) (<-chan sinkReady, error) {
	var err error
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	ended := make(chan struct{}) // closed when the child's stdout has ended
	started := make(chan error)
	go func() {
		// The kernel sends the parent-death signal when the thread that forked
		// ends, not the process. So this thread stays until the child has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			<-ended // Wait closes the pipe, so it comes after the last read
			p.exited <- cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	ready := make(chan sinkReady, 1)
	go func() {
		defer close(ended)
		p.read(stdout, ready)
	}()
	if json.NewEncoder(p.stdin).Encode(request) != nil {
		p.kill() // it does not read; ready will say that it ended
	}
	return ready, nil
}

// read reads what the child writes until it ends.
func (p *sinkProcess) read(stdout io.Reader, ready chan<- sinkReady) {
	defer close(p.done)
	d := json.NewDecoder(bufio.NewReader(stdout))
	var r sinkReady
	if err := d.Decode(&r); err != nil {
		r.Error = fmt.Sprintf("it ended before it was ready: %v", err)
	}
	ready <- r
	var done sinkDone
	if d.Decode(&done) == nil {
		p.done <- done
	}
}

// Addresses are where the child listens.
func (p *sinkProcess) Addresses() []string { return p.ready.Addresses }

// CA is the authority of its certificate.
func (p *sinkProcess) CA() []byte { return p.ready.CA }

// Stop ends the child, by force if need be, and returns what it counted.
func (p *sinkProcess) Stop() (gauge.SinkCounts, error) {
	defer p.kill()
	if err := p.stdin.Close(); err != nil {
		p.kill()
	}
	timer := time.AfterFunc(sinkFinishLimit, p.kill)
	defer timer.Stop()
	done, counted := <-p.done
	if err := <-p.exited; err != nil {
		return done.Counts, fmt.Errorf("stop the sink: %w", err)
	}
	if !counted {
		return gauge.SinkCounts{}, errors.New("stop the sink: it ended before it reported its counts")
	}
	return done.Counts, nil
}
