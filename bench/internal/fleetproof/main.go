//go:build linux

// Fleetproof holds fleets of agents on this machine against what they must come to. "make
// fleet-proof" runs it.
//
//	go run ./bench/internal/fleetproof [-only a,b] [-quick] [-rounds n] [-rate n] [-ours program]
//
// The coordinator and each agent are processes of their own, on loopback, as is the epoll sink,
// which they load. There are four parts:
//
//   - counts: 1, 2, 4 and 8 agents carry out one scenario, beside two runs without agents.
//   - idle: three agents hold 58,000 sessions, more than one process has descriptors.
//   - many: up to 200 agents of one session each.
//   - delayed: the way between agents and coordinator takes 20 ms each way, and loses a packet in
//     a hundred. Agents and server are in one network namespace, the coordinator is in another, and
//     this program carries the packets between them, since not every kernel has netem. The way to
//     the server is as short as ever. Without root's privileges a relay takes the place of that: it
//     loses nothing, and delays each hundredth segment by a retransmission of 200 ms.
//
// What must be exact is checked, and the exit code is 1 if it is not: the messages and
// connections that agents count are those of the server; the file of the coordinator is what
// show --merge makes of the agents' own; clocks are apart by no more than the error that is
// printed, since all processes have the same one. Times are printed, and judged by nobody. The
// machine should do nothing else meanwhile, except with -quick, which takes seconds and shows
// that all works.
//
// The loads of counts and delayed are 2000 messages/s in all, or 200 with -quick. On few cores
// the processes of eight agents take turns then, and the percentiles have that in them, as any
// processes would that share the cores. A lower -rate compares the agents where the cores are
// free most of the time: 100 or 200 on two.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

func main() { harness.Main("fleetproof", run) }

// A part of the proof prints tables, and returns what is wrong.
type part struct {
	name  string
	prove func(*proof, context.Context) (faults []string, err error)
}

var parts = harness.Choice[part]{Noun: "part", Name: func(p part) string { return p.name }, All: []part{
	{"counts", (*proof).counts}, {"idle", (*proof).idle}, {"many", (*proof).many}, {"delayed", (*proof).delayed},
}}

// A proof has what its parts need.
type proof struct {
	*harness.Bench
	w      io.Writer
	quick  bool
	rounds int
	rate   int    // messages a second in all
	nats   string // path of the NATS server, once it is built
	fleets int    // that there were, for the names of files
}

// size is one number of the full proof, and another of the quick one.
func (p *proof) size(full, quick int) int {
	if p.quick {
		return quick
	}
	return full
}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("fleetproof", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "small numbers and one round: to see that all works, not to measure")
	rounds := flags.Int("rounds", 5, "how often what is compared is repeated")
	rate := flags.Int("rate", 0, "messages a second in all, of counts and delayed (default 2000, with -quick 200)")
	h, chosen, err := parts.Open(ctx, flags, "only", args)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := harness.RaiseDescriptors(); err != nil {
		return err
	}
	p := &proof{Bench: h, w: w, quick: *quick, rounds: max(1, *rounds)}
	if p.quick {
		p.rounds = 1
	}
	if p.rate = *rate; p.rate == 0 {
		p.rate = p.size(2000, 200)
	}
	if p.rate < 0 {
		return fmt.Errorf("-rate %d: want more than nothing", p.rate)
	}
	fmt.Fprintf(w, "%s, %d cores\n", runtime.Version(), runtime.NumCPU())
	var faults []string
	for _, part := range chosen {
		fmt.Fprintln(w)
		found, err := part.prove(p, ctx)
		for _, fault := range found {
			faults = append(faults, part.name+": "+fault)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", part.name, err), asError(faults))
		}
	}
	return asError(faults)
}

func asError(faults []string) error {
	if len(faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(faults, "\n"))
}
