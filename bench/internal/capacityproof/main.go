//go:build linux

// Capacityproof holds smtpgauge capacity against servers whose capacity is known. "make
// capacity-proof" runs it.
//
//	go run ./bench/internal/capacityproof [-only a,b] [-measured n] [-simulated n] [-tripping n] [-seed n]
//
// Real servers are processes of their own (bench/internal/limited): three with a fixed time
// for each message, one with exponential times, one that slows down once it is overloaded, and
// one that is faster than the generator. That takes about two hours. Root's servers and
// generators run at a high priority, but the machine should do nothing else meanwhile.
//
// Simulated servers are in virtual time, and their parameters and goals are drawn at random.
// How often the stated range holds the truth is counted, beside plain doubling and bisection
// with trials of the same length.
//
// A server that trips at random has no capacity for ever: with -tripping it is counted how long
// such servers keep the goal at the rates that were found.
//
// The exit code is 1 if a result is not what it has to be.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/internal/madeup/servers"
)

func main() { harness.Main("capacityproof", run) }

// kinds are the simulated kinds of servers.
var kinds = harness.Choice[servers.Kind]{Noun: "kind of server", All: servers.Kinds, Name: func(k servers.Kind) string { return string(k) }}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("capacityproof", flag.ContinueOnError)
	measured := flags.Int("measured", 5, "searches of each real server, at most")
	count := flags.Int("simulated", 200, "searches of each kind of simulated server")
	seed := flags.Uint64("seed", 1, "of what is simulated")
	list := flags.String("kinds", "", "only these simulated kinds, separated by commas: "+kinds.Names())
	listen := flags.String("listen", "127.0.0.1:0", "`ADDR:PORT` of the real servers")
	tripping := flags.Int("tripping", 0, "searches of simulated servers that trip at random, with trials of 10 s and 60 s")
	keep := flags.String("keep", "", "keep the files of measured searches in this folder")
	verbose := flags.Bool("v", false, "print the simulated searches whose range does not hold the truth")
	h, chosen, err := knowns.Open(ctx, flags, "only", args)
	if err != nil {
		return err
	}
	defer h.Close()
	simulated, err := kinds.Choose(*list)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s, %d cores\n\n", runtime.Version(), runtime.NumCPU())
	var faults []string
	if *count > 0 {
		if faults, err = simulateAll(ctx, w, simulated, *seed, *count, *verbose); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	for _, trial := range []time.Duration{10 * time.Second, time.Minute} {
		if *tripping == 0 {
			break
		}
		if err := trip(ctx, w, *seed, *tripping, trial); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	if *measured > 0 {
		limited, err := h.Build(ctx, "bench/internal/limited")
		if err != nil {
			return err
		}
		if *keep != "" {
			if err := os.MkdirAll(*keep, 0o755); err != nil {
				return err
			}
		}
		m := &measurer{h, limited, *listen, *keep}
		missed, err := m.measureAll(ctx, w, chosen, *measured)
		if faults = append(faults, missed...); err != nil {
			return errors.Join(err, errors.New(strings.Join(faults, "\n")))
		}
	}
	if len(faults) > 0 {
		return errors.New(strings.Join(faults, "\n"))
	}
	return nil
}
