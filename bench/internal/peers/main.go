//go:build linux

// Peers measures what a message costs with smtpgauge, with Postfix's smtp-source, with the client
// of go-smtp, and with the floor, which does the least that a client can do. "make bench-peers"
// runs it.
//
//	go run ./bench/internal/peers [-rounds n] [-cases a,b] [-messages n] [-pin] [-quick] [-ours program]
//
// With -pin the client has the first processor for itself, and a server with a process of its own
// has the second. Otherwise the kernel places them on one or on two. In each round all clients of
// a case run one after the other, each against a new server on loopback. Ratios are computed
// within a round, and a table has their median and range. If the server did not count all
// messages of a client, the client gets no figures, and the exit code is 1.
//
// # What is over the floor
//
// Counted by tracepoints, smtpgauge makes the system calls that the floor makes, with
// recvmsg, which brings the kernel's stamp, in place of read: 8 a message in lockstep, 4
// pipelined. A connection takes 2 more: one asks for stamps, and one for the round trip of the
// connect. Waits add 0.1 a message or less on both sides, and Go's scheduler, which
// interrupts the loop a hundred times a second, as much on a busy machine.
//
// Profiles of both, at 4 kHz, one after the other and two runs each, came to these µs a message,
// on a machine of which a core was free for each side:
//
//	           in the kernel     outside          in all
//	           floor   ours      floor   ours     ours ÷ floor
//	lockstep   19.6    21.3      0.9      4.3     1.25
//	pipelined  11.7    13.4      0.6      3.2     1.35
//	64 KiB     47.7    49.1      1.1      6.9     1.15
//	reconnect  60.9    68.8      2.1     10.2     1.25
//
// Another pair in lockstep had 22.2 in the kernel for both, and 1.13 in all: what the kernel takes
// for the same calls differs by a tenth from run to run.
//
// In the kernel it is the descriptors of a process with several threads, which are counted for
// each call (0.3 µs), the headers of recvmsg and the stamp (0.5 µs), and the waking of the
// server, which finds nothing to do more often if its client takes longer (1 µs, and 3 where
// connections are made). Outside, in lockstep, it is recording (0.4 µs), copying (0.3 µs), the
// clock (0.3 µs), rendering (0.3 µs), and two dozen functions of sessions, timers and protocol
// with 0.1 µs each; both enter system calls for 0.5 µs. Protocol, rendering and recording take 1 µs a
// message by themselves (package parts). Between system calls they take several times as much:
// the kernel's work and that of the other sessions has taken the caches. No single part is left
// whose loss would bring lockstep below 1.15.
//
// How many replies a thread finds each time it wakes decides what several shards cost. In
// lockstep with 104 sessions one shard waited 0.05 times a message, two on two cores 0.2
// times, and eight 0.8 times when each had a thread. Now eight share two threads, and wait as
// often as two. That is a matter of the machine, not of what shards have in common: floors in
// several processes have nothing in common, and wait more often too. So the case has them
// beside the shards, and a target for several shards is printed with what it is for as many
// floors.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime"
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
	if err := harness.RaiseDescriptors(); err != nil {
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

// all runs the cases one after the other, and prints the table of each at its end.
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

// known is the list of cases.
var known = harness.Choice[trial]{Noun: "case", All: trials, Name: func(t trial) string { return t.name }}
