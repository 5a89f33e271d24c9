package compare

import (
	"slices"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/compare/stats"
)

// Of many metrics tested together, one may have a range without zero and yet not be shown.
func TestShownAlone(t *testing.T) {
	apart := stats.Pair{Base: []float64{100, 101, 102, 103, 104, 105}, New: []float64{103.5, 104.5, 105.5, 106, 107, 108}}
	alike := stats.Pair{Base: []float64{100, 101, 102, 103, 104, 105}, New: []float64{100.5, 101.5, 101.7, 102.5, 103.5, 104.5}}
	for tested, want := range map[int]struct {
		verdict stats.Verdict
		alone   bool
	}{1: {stats.Worse, false}, 12: {stats.NotShown, true}} {
		pairs := append([]stats.Pair{apart}, slices.Repeat([]stats.Pair{alike}, tested-1)...)
		f := stats.Judge(pairs, stats.Options{MinEffect: DefaultMinEffect, Significant: true})
		for i := range pairs {
			r := newRow("relay", comparedMetric{name: "rate"}, &pairs[i])
			r.setJudgement(&f.Judgements[i], &pairs[i], f, DefaultMinEffect)
			switch {
			case r.Tested != tested:
				t.Errorf("tested among %d, want %d", r.Tested, tested)
			case i == 0 && (r.Verdict != want.verdict || r.ShownAlone != want.alone):
				t.Errorf("of %d: %s, alone %t, p %v of %v", tested, r.Verdict, r.ShownAlone, *r.P, *r.PUnadjusted)
			case i > 0 && r.ShownAlone:
				t.Errorf("of %d: %d of no difference is shown alone", tested, i)
			}
		}
	}
}
