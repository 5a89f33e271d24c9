//go:build linux

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
)

// How far a figure may differ from the wire: the larger of the two.
const (
	allowance = 20 * time.Microsecond
	share     = 0.03
)

// few is how many samples are too few to compare quantiles. Two definitions of a quantile may
// take two neighbours, and these may be far apart.
const few = 100

// agrees tells whether a reported figure is close enough to the wire's.
func agrees(onWire, reported time.Duration) bool {
	off := (reported - onWire).Abs()
	return off <= allowance || float64(off) <= share*float64(onWire)
}

// A comparison is a phase on the wire and as the generator reports it.
type comparison struct {
	phase    wire.Phase
	wire     wire.Distribution
	reported reportedPhase
}

// compare pairs up the phases that either side has.
func compare(a *wire.Analysis, r *result) []comparison {
	seen := a.Distributions()
	var all []comparison
	for _, p := range wire.Phases() {
		c := comparison{p, seen[p], r.phase(string(p))}
		if c.wire.Count > 0 || c.reported.Count > 0 {
			all = append(all, c)
		}
	}
	return all
}

// verdict returns what is wrong; "ok" if nothing is.
func (c comparison) verdict() string {
	switch {
	case c.wire.Count != c.reported.Count:
		return "counts differ"
	case c.wire.Count < few:
		return "few"
	case agrees(c.wire.P50, c.reported.Service.P50) && agrees(c.wire.P90, c.reported.Service.P90) && agrees(c.wire.P99, c.reported.Service.P99):
		return "ok"
	}
	return "not ok"
}

// printComparison prints both distributions side by side, and returns how many phases do not
// agree.
func printComparison(w io.Writer, a *wire.Analysis, r *result) (missed int) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "phase\tn wire\tn reported\tp50 wire\treported\toff\tp90 wire\treported\toff\tp99 wire\treported\toff\t\t")
	for _, c := range compare(a, r) {
		verdict := c.verdict()
		if verdict != "ok" && verdict != "few" {
			missed++
		}
		fmt.Fprintf(tw, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t\n", c.phase, c.wire.Count, c.reported.Count,
			side(c.wire.P50, c.reported.Service.P50), side(c.wire.P90, c.reported.Service.P90),
			side(c.wire.P99, c.reported.Service.P99), verdict)
	}
	tw.Flush()
	for _, what := range slices.Sorted(maps.Keys(a.Strange)) {
		fmt.Fprintf(w, "strange on the wire, %d times: %s\n", a.Strange[what], what)
	}
	if a.Again > 0 {
		fmt.Fprintf(w, "%d segments were retransmissions\n", a.Again)
	}
	return missed
}

// side returns both values in microseconds and their difference, in microseconds and in
// percent of the wire's value.
func side(onWire, reported time.Duration) string {
	us := func(d time.Duration) float64 { return float64(d) / 1e3 }
	percent := 0.0
	if onWire > 0 {
		percent = 100 * float64(reported-onWire) / float64(onWire)
	}
	return fmt.Sprintf("%.1f\t%.1f\t%+.1f (%+.1f %%)", us(onWire), us(reported), us(reported-onWire), percent)
}
