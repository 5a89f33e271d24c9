//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// A process is a program of a fleet, or one beside it.
type process struct {
	cmd    *exec.Cmd
	stdout bytes.Buffer
	stderr *transcript
	gone   chan struct{}
	err    error

	looks []look // at the process, in the order of time
	peak  int64  // of its memory
}

// A look at a process is the CPU time that it has had by then.
type look struct {
	at  time.Time
	cpu time.Duration
}

// lookEvery is how often a process is looked at.
const lookEvery = 100 * time.Millisecond

// start starts a program. env is added to the environment. It is found in what the program
// prints to stderr when awaited matches that.
func start(ctx context.Context, awaited *regexp.Regexp, env []string, program string, args ...string) (*process, error) {
	p := &process{cmd: harness.Command(ctx, program, args...), gone: make(chan struct{}), stderr: newTranscript(awaited)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		p.watch()
	}()
	go func() {
		p.err = p.cmd.Wait()
		<-looked
		close(p.gone)
	}()
	return p, nil
}

// watch looks at the process until it has ended.
func (p *process) watch() {
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		peak, err := harness.PeakMemory(p.cmd.Process.Pid)
		if err != nil {
			return // it has ended
		}
		p.peak = max(p.peak, peak)
		if cpu, err := cpuOf(p.cmd.Process.Pid); err == nil {
			p.looks = append(p.looks, look{time.Now(), cpu})
		}
		<-every.C
	}
}

// cpuOf reads how much CPU time a process has had.
func cpuOf(pid int) (time.Duration, error) {
	// As clock_getcpuclockid of the C library makes it: the scheduler's own clock of a process.
	id := int32(^pid)<<3 | 2
	var t unix.Timespec
	if err := unix.ClockGettime(id, &t); err != nil {
		return 0, err
	}
	return time.Duration(t.Nano()), nil
}

// within is how much CPU time the process took in a time, as a share of a core.
func (p *process) within(from, to time.Time) float64 {
	var first, last look
	for _, l := range p.looks {
		if first.at.IsZero() || !l.at.After(from) {
			first = l
		}
		if !l.at.After(to) {
			last = l
		}
	}
	if d := last.at.Sub(first.at); d > 0 {
		return (last.cpu - first.cpu).Seconds() / d.Seconds()
	}
	return 0
}

// wait waits until the process has ended. An error has what it printed.
func (p *process) wait() error {
	<-p.gone
	if p.err == nil {
		return nil
	}
	return fmt.Errorf("%v: %w\n%s", p.cmd.Args, p.err, p.stderr)
}

// cpu is what the process took, from its start to its end. It has ended.
func (p *process) cpu() time.Duration {
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// kill ends the process.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // which fails if it has ended
	<-p.gone
}

// A transcript is what a program prints while it runs.
type transcript struct {
	awaited *regexp.Regexp
	found   chan string // gets what matches first

	mu   sync.Mutex
	text []byte
}

func newTranscript(awaited *regexp.Regexp) *transcript {
	return &transcript{awaited: awaited, found: make(chan string, 1)}
}

// Write implements io.Writer.
func (t *transcript) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if t.awaited == nil {
		return len(b), nil
	}
	if match := t.awaited.Find(t.text); match != nil {
		t.found <- string(match)
		t.awaited = nil
	}
	return len(b), nil
}

// String is the end of it.
func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	const enough = 4000
	return string(t.text[max(0, len(t.text)-enough):])
}

// await waits until a process has printed what is awaited, and returns that.
func (p *process) await(ctx context.Context) (string, error) {
	select {
	case text := <-p.stderr.found:
		return text, nil
	case <-p.gone:
		return "", fmt.Errorf("%v has ended: %w\n%s", p.cmd.Args, p.err, p.stderr)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
