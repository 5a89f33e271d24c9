//go:build linux

// Peers measures what a message costs with smtpgauge, with Postfix's
// smtp-source, with go-smtp's client, and with the floor, which is the least
// any client can do. It is what "make bench-peers" runs.
//
//	go run ./bench/internal/peers [-rounds n] [-cases a,b] [-messages n] [-pin] [-quick] [-ours program]
//
// With -pin the client has the first processor to itself and the server the
// second, where it is a process of its own; otherwise the kernel places them,
// now on one and now on two. The clients of a case take turns, round by round, against a server started
// anew for each, on loopback. Ratios are taken within a round; a table gives
// their median and range. A client whose messages the server has not all seen
// gets no figures, and the exit code is 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "peers:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "how often each client runs")
	cases := flags.String("cases", "", "only these, separated by commas: "+strings.Join(names(), ", "))
	messages := flags.Int("messages", 0, "messages a run, in place of each case's own number")
	pin := flags.Bool("pin", false, "a processor for the client and another for the server")
	quick := flags.Bool("quick", false, "a round with a twentieth of the messages: to see that all works, not to compare")
	oursPath := flags.String("ours", "", "the smtpgauge to measure; built where left out")
	limit := flags.Duration("limit", 2*time.Minute, "kill a client that runs longer")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*cases)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := raiseDescriptors(); err != nil {
		return err
	}
	b, err := prepare(ctx, dir, *oursPath)
	if err != nil {
		return err
	}
	b.pin = *pin
	if err := b.calibrate(ctx); err != nil {
		return err
	}
	if *quick {
		*rounds = 1
	}
	for i := range chosen {
		w := &chosen[i].work
		if *quick {
			w.messages /= 20
		}
		if *messages > 0 {
			w.messages = *messages
		}
	}
	placed := "placed by the kernel"
	if b.pin {
		placed = "client and server on a core each"
	}
	fmt.Printf("%s, %d cores, %s\n", runtime.Version(), runtime.NumCPU(), placed)
	return b.all(ctx, chosen, *rounds, *limit)
}

// all runs the cases one after the other and prints each when it is done.
func (b *bench) all(ctx context.Context, chosen []trial, rounds int, limit time.Duration) error {
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
			s.print(os.Stdout, t, on, func(name string) *series { return done[key{name, on}] })
			failed += len(s.failed)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d clients failed, see above", failed)
	}
	return nil
}

func names() []string {
	var all []string
	for _, t := range trials {
		all = append(all, t.name)
	}
	return all
}

// choose finds the cases by their names; none given means all.
func choose(list string) ([]trial, error) {
	if list == "" {
		return slices.Clone(trials), nil
	}
	var chosen []trial
	for name := range strings.SplitSeq(list, ",") {
		i := slices.Index(names(), name)
		if i < 0 {
			return nil, fmt.Errorf("no case %q: there are %s", name, strings.Join(names(), ", "))
		}
		chosen = append(chosen, trials[i])
	}
	return chosen, nil
}

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
