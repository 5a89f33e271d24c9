//go:build linux

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
)

// A row has the outcomes of the comparisons of one kind.
type row struct {
	change
	rounds   string // the laboratory that made them
	added    time.Duration
	outcomes []*outcome
}

func (r *row) count(of func(*outcome) bool) rate {
	n := 0
	for _, o := range r.outcomes {
		if of(o) {
			n++
		}
	}
	return rate{n, len(r.outcomes)}
}

func (r *row) found() rate      { return r.count(func(o *outcome) bool { return o.found }) }
func (r *row) unresolved() rate { return r.count(func(o *outcome) bool { return o.unresolved }) }
func (r *row) falseSames() rate { return r.count(func(o *outcome) bool { return o.falseSame }) }
func (r *row) alarms() rate     { return r.count(func(o *outcome) bool { return len(o.alarms) > 0 }) }

// missed counts the comparisons that found nothing although they called the change
// resolvable.
func (r *row) missed() rate {
	return r.count(func(o *outcome) bool { return !o.found && !o.unresolved })
}

// faults returns what is wrong in a row.
func (r *row) faults() []string {
	var list []string
	fault := func(format string, args ...any) {
		list = append(list, fmt.Sprintf("%s, %s: ", r.rounds, r.title)+fmt.Sprintf(format, args...))
	}
	if a := r.alarms(); float64(a.count) > stats.DefaultAlpha*float64(a.of) {
		fault("%d of %d raised a false alarm, more than %g %%", a.count, a.of, 100*stats.DefaultAlpha)
	}
	if low, _ := r.falseSames().interval(); low > stats.DefaultAlpha {
		fault("%d of %d called the change the same, more than %g %%", r.falseSames().count, r.falseSames().of, 100*stats.DefaultAlpha)
	}
	missed, found := r.missed(), r.found()
	switch {
	case r.fixed > 0:
		if found.count < found.of {
			fault("found in %d of %d only", found.count, found.of)
		}
	case r.share > 0: // of ten resolvable changes one may be missed
		if low, _ := (rate{missed.count, missed.count + found.count}).interval(); low > 1-stats.Power {
			fault("missed in %d of %d in which it was resolvable", missed.count, missed.count+found.count)
		}
	}
	return list
}

func printTable(w io.Writer, rows []row) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "rounds\tadded\tcomparisons\tfound\tnot resolvable\tmissed\tfalse same\tfalse alarms\trate, %\t95 % interval\tstated")
	for i := range rows {
		r := &rows[i]
		found, unresolved, missed, same := "–", "–", "–", "–"
		if !r.nothing() {
			found, missed, same = fmt.Sprint(r.found().count), fmt.Sprint(r.missed().count), fmt.Sprint(r.falseSames().count)
		}
		if r.share > 0 {
			unresolved = fmt.Sprint(r.unresolved().count)
		}
		a := r.alarms()
		low, high := a.interval()
		fmt.Fprintf(tw, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%d\t%.1f\t%.1f to %.1f\t%g\n", r.rounds, r.title, a.of, found, unresolved, missed, same,
			a.count, 100*float64(a.count)/float64(max(1, a.of)), 100*low, 100*high, 100*stats.DefaultAlpha)
	}
	fmt.Fprintln(tw, "\nrounds\tadded\tmetrics\trounds a side\tresolvable, %\trounds needed\tdifference, %\ts each\tinvalid runs")
	for i := range rows {
		r := &rows[i]
		runs, invalid := 0, 0
		for _, o := range r.outcomes {
			runs, invalid = runs+o.runs, invalid+o.invalid
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d of %d\n", r.rounds, r.what(),
			r.spread(0, func(o *outcome) (float64, bool) { return float64(o.tested), true }),
			r.spread(0, func(o *outcome) (float64, bool) { return float64(o.rounds), true }),
			r.spread(1, func(o *outcome) (float64, bool) { return value(o.resolvable) }),
			r.spread(0, func(o *outcome) (float64, bool) { return float64(o.needed), o.needed > 0 }),
			r.spread(1, func(o *outcome) (float64, bool) { return value(o.difference) }),
			r.spread(1, func(o *outcome) (float64, bool) { return o.took.Seconds(), true }), invalid, runs)
	}
	tw.Flush()
	fmt.Fprintf(w, `
found: messages are called worse, and for 3 ms RCPT too if it is compared. not resolvable: no difference is
  shown, and the change is said to be too small for so many rounds. missed: neither. false same: messages are
  called the same although the change is of interest.
false alarms: comparisons in which a metric is called better, or worse although nothing was added; with the
  interval that has the true rate in it with 95 %% confidence, and the rate that compare states.
resolvable, rounds needed, difference: of %s, as compare says. All are medians, with their range.
`, messageMedian)
	printNotes(w, rows)
}

// what describes the change, with its size if that depends on a measurement.
func (r *row) what() string {
	if r.share > 0 {
		return fmt.Sprintf("%s: %v", r.title, r.added)
	}
	return r.title
}

// printNotes prints why runs were invalid, and the metrics of false alarms if there are few.
func printNotes(w io.Writer, rows []row) {
	for i := range rows {
		r := &rows[i]
		heading := fmt.Sprintf("%s, %s, comparison", r.rounds, r.title)
		reason := false
		for n, o := range r.outcomes {
			if o.invalid > 0 && !reason {
				reason = true
				fmt.Fprintf(w, "%s %d: the first of the invalid runs: %s\n", heading, n+1, o.reason)
			}
			if len(o.alarms) > 0 && r.alarms().count <= shown {
				fmt.Fprintf(w, "%s %d: false alarm: %s\n", heading, n+1, strings.Join(o.alarms, ", "))
			}
		}
	}
}

// shown is how many false alarms of a kind are printed at most.
const shown = 10

func value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}

// spread returns the median of a figure and its range, over the comparisons that have it.
func (r *row) spread(digits int, of func(*outcome) (float64, bool)) string {
	var figures []float64
	for _, o := range r.outcomes {
		if v, ok := of(o); ok {
			figures = append(figures, v)
		}
	}
	if len(figures) == 0 {
		return "–"
	}
	s := harness.Over(figures)
	if s.Low == s.High {
		return fmt.Sprintf("%.*f", digits, s.Median)
	}
	return fmt.Sprintf("%.*f (%.*f to %.*f)", digits, s.Median, digits, s.Low, digits, s.High)
}
