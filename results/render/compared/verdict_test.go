package compared

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
)

// A range without zero beside "no difference shown" would read as a mistake.
func TestVerdictsOfRows(t *testing.T) {
	for _, test := range []struct {
		row          compare.Row
		metric, cost string
	}{
		{compare.Row{Verdict: stats.NotShown}, "not shown", "no difference shown"},
		{compare.Row{Verdict: stats.NotShown, ShownAlone: true, Tested: 12}, "not shown: 12 tested", "not shown: 12 tested"},
		{compare.Row{Verdict: stats.Worse, DeltaPercent: new(12.0)}, "worse", "12.0 % more"},
		{compare.Row{Verdict: stats.Better}, "better", "less"},
		{compare.Row{Verdict: stats.Same, IntervalPercent: &[2]float64{-3, 2}}, "same", "the same, within 3.0 %"},
		{compare.Row{Verdict: stats.Same}, "same", "the same"},
		{compare.Row{Verdict: stats.TooFewRuns}, "too few rounds", "too few rounds"},
	} {
		if got := rowVerdict(&test.row); got != test.metric {
			t.Errorf("%+v is %q, want %q", test.row, got, test.metric)
		}
		if got := costVerdict(&test.row); got != test.cost {
			t.Errorf("the cost of %+v is %q, want %q", test.row, got, test.cost)
		}
	}
}
