//go:build linux

// Peers measures what a message costs with smtpgauge, with Postfix's
// smtp-source, with go-smtp's client, and with the floor, which is the least
// any client can do. It is what "make bench-peers" runs.
//
//	go run ./bench/internal/peers [-rounds n] [-cases a,b] [-messages n] [-pin] [-quick] [-ours program]
//
// With -pin the client has the first processor to itself and the server the
// second, if it is a process of its own; otherwise the kernel places them, now
// on one and now on two. The clients of a case take turns, round by round,
// against a server started anew for each, on loopback. Ratios are taken within
// a round; a table gives their median and range. A client whose messages the
// server has not all seen gets no figures, and the exit code is 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime"
	"syscall"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

func main() { harness.Main("peers", run) }

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "how often each client runs")
	messages := flags.Int("messages", 0, "messages a run, in place of each case's own number")
	pin := flags.Bool("pin", false, "a processor for the client and another for the server")
	quick := flags.Bool("quick", false, "a round with a twentieth of the messages: to see that all works, not to compare")
	limit := flags.Duration("limit", 2*time.Minute, "kill a client that runs longer")
	h, chosen, err := known.Open(ctx, flags, "cases", args)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := raiseDescriptors(); err != nil {
		return err
	}
	h.Pin = *pin
	b, err := prepare(ctx, h)
	if err != nil {
		return err
	}
	if *quick {
		*rounds = 1
	}
	for i := range chosen {
		load := &chosen[i].work
		if *quick {
			load.messages /= 20
		}
		if *messages > 0 {
			load.messages = *messages
		}
	}
	placed := "placed by the kernel"
	if b.Pin {
		placed = "client and server on a core each"
	}
	fmt.Fprintf(w, "%s, %d cores, %s\n", runtime.Version(), runtime.NumCPU(), placed)
	return b.all(ctx, w, chosen, *rounds, *limit)
}

// all runs the cases one after the other and prints each when it is done.
func (b *bench) all(ctx context.Context, w io.Writer, chosen []trial, rounds int, limit time.Duration) error {
	type key struct {
		name string
		on   server
	}
	done := map[key]*series{}
	failed := 0
	for _, t := range chosen {
		for _, on := range t.servers {
			done[key{t.name, on}] = newSeries()
		}
		for range rounds {
			for _, on := range t.servers {
				if err := b.round(ctx, t, on, done[key{t.name, on}], limit); err != nil {
					return err
				}
			}
		}
		for _, on := range t.servers {
			s := done[key{t.name, on}]
			s.print(w, t, on, func(name string) *series { return done[key{name, on}] })
			failed += len(s.failed)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d clients failed, see above", failed)
	}
	return nil
}

// known are the cases to choose from.
var known = harness.Choice[trial]{Noun: "case", All: trials, Name: func(t trial) string { return t.name }}

// raiseDescriptors lets this process and its children hold 10,000 connections.
// Go raises its own limit and gives children the old one back, unless it is set
// like this.
func raiseDescriptors() error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	l.Cur = l.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
}
