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

// The sink of a run is another process of this program, so that it does not
// share the generator's scheduler and garbage collector. Three JSON values are
// the whole protocol: the parent writes a sinkRequest to its stdin and keeps
// that open; the child writes a sinkReady to its stdout, and when stdin ends, a
// sinkDone.

// A sinkRequest comes on stdin, so that ps does not show the passwords in it.
type sinkRequest struct {
	gauge.SinkOrder
	Descriptors uint64 `json:"descriptors"` // to be allowed to open
}

type sinkReady struct {
	Addresses []string `json:"addresses"` // in the order of the listeners
	CA        []byte   `json:"ca"`        // PEM
	Error     string   `json:"error"`     // "" where all is well
}

type sinkDone struct {
	Counts gauge.SinkCounts `json:"counts"`
}

// Command is the subcommand that is the child.
const Command = "sink-process"

// sinkFinishLimit is for a sink that hangs: on a busy machine it may well take
// seconds to end. Its start has no limit, since it either listens or ends.
const sinkFinishLimit = time.Minute

// A sinkProcess is the child that runs.
type sinkProcess struct {
	ready  sinkReady
	stdin  io.WriteCloser
	done   chan sinkDone // at most one value; closed when nothing more comes
	exited chan error
	kill   context.CancelFunc
}

// sinkProcesses are the sinks of runs, each a child. What they say on their
// stderr goes to stderr.
type Sinks struct {
	Stderr      io.Writer
	Descriptors uint64 // that each is allowed to open
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
	read := make(chan struct{})
	started := make(chan error)
	go func() {
		// The kernel's parent-death signal is about the thread that forked, not
		// the process: this one stays until the child has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			<-read // Wait closes the pipe, so it comes after the last read
			p.exited <- cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	ready := make(chan sinkReady, 1)
	go func() {
		defer close(read)
		p.listen(stdout, ready)
	}()
	if json.NewEncoder(p.stdin).Encode(request) != nil {
		p.kill() // it does not listen; ready will say that it ended
	}
	return ready, nil
}

// listen reads what the child says until it ends.
func (p *sinkProcess) listen(stdout io.Reader, ready chan<- sinkReady) {
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

// Addresses are where it listens.
func (p *sinkProcess) Addresses() []string { return p.ready.Addresses }

// CA is the authority of its certificate.
func (p *sinkProcess) CA() []byte { return p.ready.CA }

// Stop ends the child and returns what it counted. It returns when the child
// is gone, whatever it takes.
func (p *sinkProcess) Stop() (gauge.SinkCounts, error) {
	defer p.kill()
	if err := p.stdin.Close(); err != nil {
		p.kill()
	}
	timer := time.AfterFunc(sinkFinishLimit, p.kill)
	defer timer.Stop()
	done, counted := <-p.done
	if err := <-p.exited; err != nil {
		return done.Counts, fmt.Errorf("the sink ended badly: %w", err)
	}
	if !counted {
		return gauge.SinkCounts{}, errors.New("the sink ended without its counts")
	}
	return done.Counts, nil
}
