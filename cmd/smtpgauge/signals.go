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
// ending a run: the first drains, the second cancels ctx. After that they work
// as ever, so a third ends a program that hangs.
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

// endings are the signals that end a program: ^C, SIGTERM, and that the
// terminal is gone, where nohup has not said that this is to mean nothing.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// interruptible watches for signals until stop is called. It says on stderr
// what the next one would do.
func interruptible(ctx context.Context, stderr io.Writer) (i interruption, stop func()) {
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
		fmt.Fprintln(stderr, "draining; ^C again stops now")
		close(drain)
		if again(ctx, signals) {
			fmt.Fprintln(stderr, "stopping")
			cancel()
		}
	}()
	return interruption{ctx, drain}, cancel
}

// next is the next signal; nil where ctx ends first.
func next(ctx context.Context, signals <-chan os.Signal) os.Signal {
	select {
	case s := <-signals:
		return s
	case <-ctx.Done():
		return nil
	}
}

// again waits until somebody asks once more. A terminal that goes says so more
// than once, by the kernel and by the shell: that is one reason to end, not two.
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
