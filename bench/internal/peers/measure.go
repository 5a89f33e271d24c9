//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// A usage is what a run of a client took.
type usage struct {
	cpu    time.Duration // user and system
	wall   time.Duration // from its start to its end
	peak   int64         // resident bytes
	sleeps int64         // how often a thread of it went to sleep, mostly to wait for replies
	done   int64         // messages, or connections if nothing is sent
}

func (u usage) perMessage() float64 { return float64(u.cpu) / float64(u.done) }

func (u usage) sleepsPerMessage() float64 { return float64(u.sleeps) / float64(u.done) }

func (u usage) rate() float64 { return float64(u.done) / u.wall.Seconds() }

// measure runs a client to its end, or until the limit is over. It returns what the client took
// and printed, even if it failed. The caller sets done.
func measure(ctx context.Context, limit time.Duration, argv []string) (usage, string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("still running after %v", limit))
	defer cancel()
	cmd := harness.Command(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr

	start := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, "", err
	}
	ended := make(chan struct{})
	peak := make(chan int64)
	go func() { peak <- watch(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	u := usage{wall: time.Since(start)}
	close(ended)
	u.peak = <-peak
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if took, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.sleeps = took.Nvcsw
	}
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return u, stdout.String(), fmt.Errorf("%v: %w\n%s%s", argv, err, tail(stdout.Bytes()), tail(stderr.Bytes()))
	}
	return u, stdout.String(), nil
}

// watch reads the peak of a process's resident memory again and again, until the process has ended,
// and returns the last one. The Maxrss of wait4 would be wrong: it begins with the memory of the
// parent at the fork, and this program is larger than some of the clients.
func watch(pid int, ended <-chan struct{}) int64 {
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	var peak int64
	for {
		if p, err := harness.PeakMemory(pid); err == nil && p > 0 {
			peak = p
		}
		select {
		case <-ended:
			return peak
		case <-every.C:
		}
	}
}

// tail returns the end of a long output, which has the error.
func tail(out []byte) []byte {
	const enough = 2000
	return out[max(0, len(out)-enough):]
}
