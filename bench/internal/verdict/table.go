//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

// A row has the results of the runs in one circumstance.
type row struct {
	circumstance
	runs   int
	marked int      // called invalid
	faults []string // what was wrong with wrong verdicts

	// The figures that the verdicts use, one for each run.
	late, own, denied []float64 // µs; shares
}

// meet makes the runs of a circumstance.
func (j *judge) meet(ctx context.Context, c circumstance, runs int) (row, error) {
	r := row{circumstance: c}
	for n := range runs {
		result, err := c.run(j, ctx, c.load(j), n)
		if err != nil {
			return r, err
		}
		r.add(result)
		if j.log != nil {
			g := &result.Generator
			fmt.Fprintf(j.log, "%s %d: %.0f/s, late p99 %.0f µs, own %.1f %%, denied %.1f %%, busy %.1f %%, %q\n", c.name, n+1,
				result.Flows[flow].Rate, late(g), 100*g.OwnShare, 100*g.DeniedShare, 100*g.BusiestShare, result.Verdict.Reasons)
		}
	}
	return r, nil
}

func (r *row) add(result *figures.Result) {
	r.runs++
	if !result.Verdict.Valid {
		r.marked++
	}
	if fault := r.fault(&result.Verdict.Validity); fault != "" {
		r.faults = append(r.faults, fault)
	}
	g := &result.Generator
	r.late, r.own, r.denied = append(r.late, late(g)), append(r.own, 100*g.OwnShare), append(r.denied, 100*g.DeniedShare)
}

// late returns the 99th percentile of lateness in microseconds; NaN for a closed load.
func late(g *figures.Generator) float64 {
	if g.Late == nil {
		return math.NaN()
	}
	return float64(g.Late.P99) / float64(time.Microsecond)
}

// wrong returns how many verdicts were wrong.
func (r *row) wrong() int { return len(r.faults) }

func printTable(w io.Writer, rows []row) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "circumstance\truns\tmarked invalid\tjudged wrongly\tlate p99, µs\town share, %\twithout a CPU, %")
	for i := range rows {
		r := &rows[i]
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%s\t%s\t%s\n", r.title, r.runs, r.marked, r.wrong(),
			spread(r.late, 0), spread(r.own, 1), spread(r.denied, 1))
	}
	tw.Flush()
	printRates(w, rows)
	for i := range rows {
		for _, fault := range rows[i].faults {
			fmt.Fprintf(w, "%s: %s\n", rows[i].title, fault)
		}
	}
}

// printRates prints the two error rates of all rows.
func printRates(w io.Writer, rows []row) {
	var sound, spoiled, alarms, misses int
	for i := range rows {
		r := &rows[i]
		if r.reason == nil {
			sound, alarms = sound+r.runs, alarms+r.wrong()
		} else {
			spoiled, misses = spoiled+r.runs, misses+r.wrong()
		}
	}
	fmt.Fprintf(w, "\nsound runs marked: %d of %d; spoiled runs not marked, or for another reason: %d of %d\n", alarms, sound, misses, spoiled)
}

// spread returns the median of a figure and its range. A closed load has no lateness.
func spread(figures []float64, digits int) string {
	if len(figures) == 0 || slices.ContainsFunc(figures, math.IsNaN) {
		return "–"
	}
	return harness.Over(figures).Format(digits)
}
