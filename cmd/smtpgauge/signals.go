package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// An interruption turns ^C and SIGTERM into the two steps of ending a run: the
// first drains, the second cancels ctx. After that they work as ever, so a
// third ends a program that hangs.
type interruption struct {
	ctx   context.Context
	drain <-chan struct{} // closed by the first
}

// draining tells whether the first has come.
func (i *interruption) draining() bool {
	select {
	case <-i.drain:
		return true
	default:
		return false
	}
}

// interruptible watches for signals until stop is called. It says on stderr
// what the next one would do.
func interruptible(ctx context.Context, stderr io.Writer) (i interruption, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	drain := make(chan struct{})
	go func() {
		defer signal.Stop(signals)
		select {
		case <-signals:
		case <-ctx.Done():
			return
		}
		fmt.Fprintln(stderr, "draining; ^C again stops now")
		close(drain)
		select {
		case <-signals:
		case <-ctx.Done():
			return
		}
		fmt.Fprintln(stderr, "stopping")
		cancel()
	}()
	return interruption{ctx, drain}, cancel
}
