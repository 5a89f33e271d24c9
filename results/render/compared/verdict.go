package compared

import (
	"fmt"
	"math"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// verdictWords are the verdicts of rows in words.
var verdictWords = map[stats.Verdict]string{
	stats.Worse: "worse", stats.Better: "better", stats.Differs: "differs", stats.Same: "same", stats.NotShown: "not shown", stats.TooFewRuns: "too few rounds",
}

// rowVerdict is what to make of a row.
func rowVerdict(r *compare.Row) string {
	word := verdictWords[r.Verdict]
	if r.ShownAlone {
		word += fmt.Sprintf(": %d tested", r.Tested)
	}
	return word
}

// noneShown is said of costs.
const noneShown = "no difference shown"

// costVerdict is what to make of a cost, which is more or less, and not worse or better.
func costVerdict(r *compare.Row) string {
	switch r.Verdict {
	case stats.Worse, stats.Better:
		word := map[stats.Verdict]string{stats.Worse: "more", stats.Better: "less"}[r.Verdict]
		if r.DeltaPercent == nil {
			return word
		}
		return human.Percent(math.Abs(*r.DeltaPercent)) + " " + word
	case stats.Same:
		word := "the " + verdictWords[stats.Same]
		if p := r.IntervalPercent; p != nil {
			word += ", within " + human.Percent(max(math.Abs(p[0]), math.Abs(p[1])))
		}
		return word
	case stats.NotShown:
		if !r.ShownAlone {
			return noneShown
		}
	}
	return rowVerdict(r)
}

// shownAloneNote explains "not shown: 12 tested".
func shownAloneNote(tested int) string {
	return fmt.Sprintf("%s: %d tested: by itself it would have been shown, but with so many tested together chance alone may do that", verdictWords[stats.NotShown], tested)
}
