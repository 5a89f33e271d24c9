//go:build linux

// Detect shows that compare can distinguish a change from noise: how often it raises a false
// alarm if nothing was changed, how often it calls the same what was changed, that it finds
// changes, and that it says when a change is too small for the number of rounds. "make detect" runs it.
//
//	go run ./bench/internal/detect [-only a,b] [-made-up n] [-measured n] [-ours program]
//
// Of each kind there are two hundred comparisons of made-up rounds, with noise like that of
// machines: by the headlines, as compare does by default, and by all metrics. Twenty more are measured by "smtpgauge ab" on the built-in server. One process has
// both sides, on two ports. At the end detect measures a comparison of large run files. The
// exit code is 1 if anything is wrong.
//
// The machine should do nothing else meanwhile. Invalid runs are counted, and are compared like
// all others.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

func main() {
	harness.Main("detect", func(ctx context.Context, args []string, w io.Writer) error {
		if len(args) > 1 {
			switch args[0] {
			case serveWord:
				return serve(args[1], os.Stdin, w)
			case timeWord:
				return timeCommand(ctx, args[1:], w)
			}
		}
		return run(ctx, args, w)
	})
}

// large is the name of the last comparison.
const large = "large"

// kinds are the names of all comparisons.
var kinds = harness.Choice[string]{Noun: "kind of comparison", All: append(changeNames(), large), Name: func(name string) string { return name }}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("detect", flag.ContinueOnError)
	madeUp := flags.Int("made-up", 200, "comparisons of made-up rounds, of each kind")
	measuredCount := flags.Int("measured", 20, "comparisons by the command, of each kind")
	length := flags.Duration("for", 500*time.Millisecond, "how long each round's load lasts")
	think := flags.Duration("think", 2*time.Millisecond, "how long it rests between messages")
	rounds := flags.Int("rounds", 0, "rounds a side by the command; 0 leaves it to that")
	seed := flags.Uint64("seed", 1, "of what is made up")
	verbose := flags.Bool("v", false, "print every comparison by the command")
	h, chosen, err := kinds.Open(ctx, flags, "only", args)
	if err != nil {
		return err
	}
	defer h.Close()
	labs := []laboratory{
		{title: "made up", madeUp: true, comparisons: *madeUp, comparer: newMadeUp(*seed, false)},
		{title: "made up, --all", madeUp: true, comparisons: *madeUp, comparer: newMadeUp(*seed, true)},
		{title: "measured", comparisons: *measuredCount, comparer: &measured{Bench: h, length: *length, think: *think, rounds: *rounds}},
	}
	if *verbose {
		labs[2].log = w
	}
	fmt.Fprintf(w, "%s, %d cores; measured rounds are one session for %v, with %v between messages\n\n", runtime.Version(), runtime.NumCPU(), *length, *think)
	rows, err := compareAll(ctx, labs, chosen)
	var faults []string
	if len(rows) > 0 {
		printTable(w, rows)
	}
	for i := range rows {
		faults = append(faults, rows[i].faults()...)
	}
	if len(faults) > 0 {
		err = errors.Join(err, errors.New(strings.Join(faults, "\n")))
	}
	if slices.Contains(chosen, large) {
		err = errors.Join(err, compareLarge(ctx, w, h, *seed))
	}
	return err
}

// A laboratory makes comparisons.
type laboratory struct {
	title       string
	madeUp      bool
	comparisons int // of each kind
	comparer
	log io.Writer // takes a line for each comparison; nil for no log
}

type comparer interface {
	// median returns how long a message takes if nothing was changed.
	median(ctx context.Context) (time.Duration, error)
	// compare makes comparison n of a change, with added at RCPT.
	compare(ctx context.Context, c *change, added time.Duration, n int) (*outcome, error)
}

// compareAll makes the comparisons of all kinds. It returns rows even if there is an error.
func compareAll(ctx context.Context, labs []laboratory, chosen []string) (rows []row, err error) {
	for i := range labs {
		lab := &labs[i]
		for _, c := range changes {
			if !slices.Contains(chosen, c.name) || lab.comparisons == 0 || c.madeUp && !lab.madeUp {
				continue
			}
			r, failed := lab.series(ctx, c)
			if len(r.outcomes) > 0 {
				rows = append(rows, r)
			}
			if failed != nil {
				err = errors.Join(err, fmt.Errorf("%s, %s: %w", lab.title, c.title, failed))
			}
		}
	}
	return rows, err
}

// series makes the comparisons of one kind.
func (lab *laboratory) series(ctx context.Context, c change) (row, error) {
	r := row{change: c, rounds: lab.title}
	median, err := lab.median(ctx)
	if err != nil {
		return r, err
	}
	r.added = c.added(median)
	for n := range lab.comparisons {
		o, err := lab.compare(ctx, &c, r.added, n)
		if err != nil {
			return r, err
		}
		r.outcomes = append(r.outcomes, o)
		if lab.log != nil {
			fmt.Fprintf(lab.log, "%s %d: found %v, not resolvable %v, needed %d, alarms %q, %d of %d runs invalid, %.1f s\n",
				c.name, n+1, o.found, o.unresolved, o.needed, o.alarms, o.invalid, o.runs, o.took.Seconds())
		}
	}
	return r, nil
}
