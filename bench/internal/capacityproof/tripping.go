//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/madeup/servers"
)

// keepFor is for how long servers that trip have to keep the goal, at rates that a search
// found.
var keepFor = []time.Duration{10 * time.Minute, time.Hour}

// trip searches bistable servers to which messages come at random: any rate trips such a
// server sooner or later, so that it has a capacity for a time only. It prints how many
// keep the goal at what was found.
func trip(ctx context.Context, w io.Writer, seed uint64, count int, trial time.Duration) error {
	fmt.Fprintf(w, "%d bistable servers, messages at random, trials of %v, seed %d\n", count, trial, seed)
	var widths, took []float64
	below, low, best := make([]int, len(keepFor)), make([]int, len(keepFor)), make([]int, len(keepFor))
	for n := range count {
		c := servers.Draw(servers.Bistable, rand.New(rand.NewPCG(seed, uint64(n))))
		c.Server.Poisson, c.Plan.Trial, c.Plan.Budget = true, trial, 24*time.Hour
		a, err := capacity.Search(ctx, c.Server, c.Plan, nil)
		if err != nil {
			return err
		}
		widths, took = append(widths, 100*(a.Range.High/a.Range.Low-1)), append(took, a.Took.Seconds())
		for i, length := range keepFor {
			below[i] += keeps(ctx, c.Server, 0.9*a.Range.Low, length)
			low[i] += keeps(ctx, c.Server, a.Range.Low, length)
			best[i] += keeps(ctx, c.Server, a.Range.Best, length)
		}
	}
	fmt.Fprintf(w, "range %s %% wide, found in %s s\n", harness.Over(widths).Format(1), harness.Over(took).Format(0))
	for i, length := range keepFor {
		fmt.Fprintf(w, "goal kept for %v: %.1f %% at 90 %% of the lower end, %.1f %% at the lower end, %.1f %% at the best guess\n", length, percentOf(below[i], count), percentOf(low[i], count), percentOf(best[i], count))
	}
	return nil
}

func percentOf(n, all int) float64 { return 100 * float64(n) / float64(all) }

// keeps is 1 if a server keeps its goal under a load of that length, and 0 if it does not.
func keeps(ctx context.Context, s *servers.Server, rate float64, length time.Duration) int {
	lost := func(b []capacity.Block) bool { // it has tripped, and no more seconds help
		return float64(b[len(b)-1].Waiting) > 3*rate*s.Goal.Limit.Seconds()+200
	}
	m, err := s.Try(ctx, rate, length, lost)
	n, bad := int64(0), int64(0)
	for i := range m.Blocks {
		n, bad = n+m.Blocks[i].Goals[0].N, bad+m.Blocks[i].Goals[0].Bad
	}
	if err != nil || len(m.Blocks) < int(length.Seconds()) || float64(bad) > s.Goal.Share*float64(n) {
		return 0
	}
	return 1
}
