//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/madeup/servers"
)

// A finding is what one search found on a simulated server.
type finding struct {
	capacity.Range
	truth  float64
	trials int
	took   time.Duration
	by     capacity.Limit
	says   string // the server's parameters
}

// held tells whether the range holds the truth.
func (f *finding) held() bool { return f.Low <= f.truth && f.truth <= f.High }

// width is that of the range, in percent of its lower end.
func (f *finding) width() float64 { return 100 * (f.High/f.Low - 1) }

// off is the error of the best guess, in percent.
func (f *finding) off() float64 { return 100 * math.Abs(f.Best/f.truth-1) }

func (f *finding) String() string {
	return fmt.Sprintf("%s: the truth is %.1f/s; found %.1f (%.1f to %.1f), limited by the %s", f.says, f.truth, f.Best, f.Low, f.High, f.by)
}

// A way is a way to search.
type way func(context.Context, *servers.Case) (finding, error)

// simulate searches for the capacity of a server of a kind. The same seed and number make
// the same server.
func simulate(ctx context.Context, kind servers.Kind, seed, n uint64, search way) (finding, error) {
	c := servers.Draw(kind, rand.New(rand.NewPCG(seed, n)))
	f, err := search(ctx, c)
	f.truth, f.says = c.Truth(c.Server.Now), c.Says
	return f, err
}

// ours is the search of smtpgauge capacity.
func ours(ctx context.Context, c *servers.Case) (finding, error) {
	a, err := capacity.Search(ctx, c.Server, c.Plan, nil)
	return finding{Range: a.Range, trials: len(a.Trials), took: a.Took, by: a.By}, err
}

// plain doubles the rate until a trial breaks the goal, and then bisects, a trial a rate,
// until the range is as narrow as a Search would have it.
func plain(ctx context.Context, c *servers.Case) (finding, error) {
	f := finding{by: capacity.ByServer}
	var failed error
	fails := func(rate float64) bool {
		m, err := c.Server.Try(ctx, rate, c.Plan.Trial, func([]capacity.Block) bool { return false })
		failed = err
		f.trials++
		n, bad := int64(0), int64(0)
		for i := range m.Blocks {
			n, bad = n+m.Blocks[i].Goals[0].N, bad+m.Blocks[i].Goals[0].Bad
		}
		return float64(bad) > c.Server.Goal.Share*float64(n)
	}
	for f.High = c.Plan.From; !fails(f.High) && failed == nil; f.High *= 2 {
		f.Low = f.High
	}
	for f.High > f.Low*1.05 && failed == nil {
		if middle := math.Sqrt(max(f.Low, 0.5) * f.High); fails(middle) {
			f.High = middle
		} else {
			f.Low = middle
		}
	}
	f.Best = math.Sqrt(f.Low * f.High)
	f.took = time.Duration(c.Server.Now * float64(time.Second))
	return f, failed
}

// A series is the searches of one kind, one way.
type series []finding

// searchAll makes a series of each way.
func searchAll(ctx context.Context, kind servers.Kind, seed uint64, count int, ways ...way) ([]series, error) {
	out, failed := make([]series, len(ways)), make([]error, count)
	for w := range ways {
		out[w] = make(series, count)
	}
	next := make(chan int, count)
	for n := range count {
		next <- n
	}
	close(next)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for n := range next {
				for w := range ways {
					var err error
					out[w][n], err = simulate(ctx, kind, seed, uint64(n), ways[w])
					failed[n] = errors.Join(failed[n], err)
				}
			}
		})
	}
	wait.Wait()
	return out, errors.Join(failed...)
}

// held is how many ranges hold the truth.
func (s series) held() int {
	n := 0
	for i := range s {
		if s[i].held() {
			n++
		}
	}
	return n
}

// over sums a figure up.
func (s series) over(digits int, of func(*finding) float64) string {
	var list []float64
	for i := range s {
		list = append(list, of(&s[i]))
	}
	return harness.Over(list).Format(digits)
}

// simulateAll prints a table of searches in virtual time, a kind as soon as it is done.
// faults says what was not as it has to be.
func simulateAll(ctx context.Context, w io.Writer, kinds []servers.Kind, seed uint64, count int, verbose bool) (faults []string, err error) {
	fmt.Fprintf(w, "searches in virtual time, %d of each kind, seed %d\n\n", count, seed)
	tw := tabwriter.NewWriter(w, 20, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "server\tsearch\trange holds truth\tits width, %\tbest off by, %\ttrials\ttime, s")
	for _, kind := range kinds {
		all, err := searchAll(ctx, kind, seed, count, ours, plain)
		if err != nil {
			return faults, err
		}
		for i, name := range []string{"smtpgauge", "bisection"} {
			s := all[i]
			fmt.Fprintf(tw, "%s\t%s\t%.1f %%\t%s\t%s\t%s\t%s\n", kind, name, 100*float64(s.held())/float64(count),
				s.over(1, (*finding).width), s.over(1, (*finding).off),
				s.over(0, func(f *finding) float64 { return float64(f.trials) }),
				s.over(0, func(f *finding) float64 { return f.took.Seconds() }))
		}
		if err := tw.Flush(); err != nil {
			return faults, err
		}
		for i := range all[0] {
			if f := &all[0][i]; verbose && !f.held() {
				fmt.Fprintf(w, "  %d: %s\n", i, f)
			}
		}
		if held := all[0].held(); held*100 < count*95 {
			faults = append(faults, fmt.Sprintf("%s: %d of %d ranges hold the truth, want 95 %%", kind, held, count))
		}
	}
	return faults, nil
}
