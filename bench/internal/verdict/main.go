//go:build linux

// Verdict shows how often the verdict on a run is wrong: how often a sound run is called invalid,
// and how often a spoiled one is not. "make verdict" runs it.
//
//	go run ./bench/internal/verdict [-runs n] [-only a,b] [-for duration] [-ours program]
//
// In each circumstance it makes the same number of short runs against the epoll sink on loopback.
// The exit code is 1 if a verdict was wrong. Runs with few local ports need root, because they
// have a network namespace of their own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == spinWord {
		spin()
	}
	harness.Main("verdict", run)
}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("verdict", flag.ContinueOnError)
	runs := flags.Int("runs", 30, "runs in each circumstance")
	length := flags.Duration("for", time.Second, "how long each run's load lasts")
	verbose := flags.Bool("v", false, "print every run")
	h, chosen, err := circumstances.Open(ctx, flags, "only", args)
	if err != nil {
		return err
	}
	defer h.Close()
	j := &judge{Bench: h, length: *length}
	if *verbose {
		j.log = w
	}
	if err := j.findRate(ctx); err != nil {
		return fmt.Errorf("finding the capacity: %w", err)
	}
	fmt.Fprintf(w, "%s, %d cores; %.0f messages/s at most, %.0f as open load; %d runs of %v each\n\n",
		runtime.Version(), runtime.NumCPU(), 2*j.rate, j.rate, *runs, *length)
	rows, failed := j.meetAll(ctx, chosen, *runs)
	printTable(w, rows)
	wrong := 0
	for i := range rows {
		wrong += rows[i].wrong()
	}
	if wrong > 0 {
		failed = errors.Join(failed, fmt.Errorf("%d runs were judged wrongly, see above", wrong))
	}
	return failed
}

// meetAll makes the runs of all circumstances. It returns rows even if there is an error, because a
// machine that is not quiet spoils only some.
func (j *judge) meetAll(ctx context.Context, chosen []circumstance, runs int) (rows []row, err error) {
	for _, c := range chosen {
		r, failed := j.meet(ctx, c, runs)
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", c.name, failed))
		}
		rows = append(rows, r)
		if ctx.Err() != nil {
			break
		}
	}
	return rows, err
}

// A judge has what the runs need.
type judge struct {
	*harness.Bench
	length time.Duration
	rate   float64   // of open load: half of what the generator can do, messages a second
	log    io.Writer // takes a line for each run; nil for no log
}

// findRate measures the rate of half the capacity.
func (j *judge) findRate(ctx context.Context) error {
	result, err := j.gauge(ctx, load{sessions: 50, length: 2 * time.Second}, j.command)
	if err != nil {
		return err
	}
	j.rate = result.Flows[flow].Rate / 2
	if j.rate < 1 {
		return errors.New("no message was accepted")
	}
	return nil
}
