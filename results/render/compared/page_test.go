package compared

import (
	"math"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/comparisons"
	"github.com/smtpgauge/smtpgauge/results/compare"
)

// What no percentage is has its own words, and what has no interval no line.
func TestRowsAsDrawn(t *testing.T) {
	failing := madeup.Quiet()
	failing.Failing, failing.Seed = 0.3, 4
	c := comparisons.Of(t, madeup.Quiet(), failing, compare.Options{})
	if i := plottedRow(comparisons.Row(t, c, "relay", "errors")); !math.IsNaN(i.Estimate) || !strings.Contains(i.Text, " pp (") {
		t.Errorf("%+v", i)
	}
	if i := plottedRow(comparisons.Row(t, c, "relay", "message.p50")); math.IsNaN(i.Estimate) || math.IsNaN(i.Low) {
		t.Errorf("%+v", i)
	}
}

// The plot writes a change and its interval as the table below it does.
func TestPlotAndTableSpellAlike(t *testing.T) {
	slower := madeup.Quiet()
	slower.Slower, slower.Seed = map[string]float64{"submit": 70}, 4
	c := comparisons.Of(t, madeup.Quiet(), slower, compare.Options{})
	large := false
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.DeltaPercent == nil || r.IntervalPercent == nil {
			continue
		}
		large = large || *r.DeltaPercent > 1000
		cells := rowCells(r)
		if got, want := plottedRow(r).Text, cells[4].Text+" ("+cells[5].Text+")"; got != want {
			t.Errorf("%s %s is %q in the plot, and %q in the table", r.Flow, r.Metric, got, want)
		}
	}
	if !large {
		t.Error("no change takes a comma")
	}
}
