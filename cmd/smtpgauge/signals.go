package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
)

// An interruption turns the signals that end a program into the two steps of
// ending a run: the first drains, the second cancels ctx. After that the signals
// have their usual effect, so a third one ends a program that hangs.
type interruption struct {
	ctx   context.Context
	drain <-chan struct{} // closed by the first signal
}

// draining reports whether the first signal has come.
func (i *interruption) draining() bool {
	select {
	case <-i.drain:
		return true
	default:
		return false
	}
}

// either returns a context that ends with the first signal.
func (i *interruption) either() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(i.ctx)
	go func() {
		select {
		case <-i.drain:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// endings are the signals that end a program: ^C, SIGTERM, and SIGHUP when the
// terminal is closed, unless nohup makes the program ignore it.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// draining is the answer to the first signal.
const draining = "draining; ^C again stops now"

// interruptible watches for signals until stop is called. It prints on stderr what
// the next signal does.
func interruptible(ctx context.Context, stderr io.Writer) (i interruption, stop func()) {
	return interruptibleBy(ctx, func() { fmt.Fprintln(stderr, draining) }, stderr)
}

// interruptibleBy is interruptible, but answers the first signal by a function.
func interruptibleBy(ctx context.Context, first func(), stderr io.Writer) (i interruption, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, endings()...)
	foreground := console.WriteFromBackground()
	drain := make(chan struct{})
	go func() {
		defer foreground()
		defer signal.Stop(signals)
		if next(ctx, signals) == nil {
			return
		}
		first()
		close(drain)
		if again(ctx, signals) {
			fmt.Fprintln(stderr, "stopping")
			cancel()
		}
	}()
	return interruption{ctx, drain}, cancel
}

// next waits for the next signal; it is nil if ctx ends first.
func next(ctx context.Context, signals <-chan os.Signal) os.Signal {
	select {
	case s := <-signals:
		return s
	case <-ctx.Done():
		return nil
	}
}

// again waits for a second signal, and reports whether one came. SIGHUP does not
// count: when a terminal is closed, both the kernel and the shell may send it, which
// is one reason to end and not two.
func again(ctx context.Context, signals <-chan os.Signal) bool {
	for {
		switch next(ctx, signals) {
		case nil:
			return false
		case syscall.SIGHUP:
		default:
			return true
		}
	}
}
