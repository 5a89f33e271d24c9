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
// The floor waits for its sockets by epoll, and reads each by a call of its own. smtpgauge
// reads plain sessions by io_uring where the machine permits it: one call waits for the
// replies and reads up to 20 of them, with the kernel's stamps. Both write by one call each,
// so that each write begins when it is said to. That is 4 calls a message in lockstep and
// some tenths of one, where the floor makes 8. On epoll, where io_uring is not permitted,
// smtpgauge makes the floor's 8. A connection takes 3 more: one asks for stamps, one for the
// round trip of the connect, and one ends it while the ring still reads.
//
// Measured in turn on one machine, two rounds, µs of CPU a message of the whole process:
//
//	           floor         epoll         io_uring      ÷ floor
//	lockstep   31.3, 30.9    38.7, 39.1    34.0, 35.3    1.09, 1.14 (1.24, 1.26 on epoll)
//	pipelined  15.8, 16.4    20.2, 21.0    17.9, 18.5    1.13, 1.13 (1.28, 1.28)
//	64 KiB     42.6, 40.4    47.9, 49.4    45.7, 46.3    1.07, 1.15 (1.12, 1.22)
//	reconnect  78.4, 81.4    99.3, 104.3   90.3, 96.3    1.15, 1.18 (1.27, 1.28)
//
// The floor's own figures hold against a server that is as busy as it is: it does not wait
// less than the server lets it. What is left in smtpgauge is outside the kernel, 7 to 10 µs
// where the floor has 5: recording (0.4 µs by itself), rendering and copying (0.6 µs), the
// clock (0.3 µs), and two dozen functions of sessions, timers and protocol with 0.1 µs each.
// Protocol, rendering and recording take 1 µs a message by themselves (package parts).
// Between system calls they take several times as much: the kernel's work and that of the
// other sessions has taken the caches.
//
// io_uring could write too, with still fewer calls. It does not: the writes of a batch would
// leave one after the other while the clock says that all began at once.
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
