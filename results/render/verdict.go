package render

import (
	"fmt"
	"math"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// verdictOf is a conclusion as it stands above and below tables.
func verdictOf(c *criteria.Conclusion) table.Verdict {
	tones := map[criteria.Word]table.Tone{criteria.Pass: table.Good, criteria.Undecided: table.Doubt, criteria.Failed: table.Alarm, criteria.Invalid: table.Alarm}
	return table.Verdict{Word: string(c.Word), Reason: c.Reason, Tone: tones[c.Word]}
}

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

// validitySection says why the run is called what it is: in what the server failed,
// whether the figures may be believed, and whether the thresholds were met.
func (res *document) validitySection() table.Section {
	s := table.Section{ID: validityID, Title: "Why"}
	if v := &res.Verdict; len(v.Why()) > 1 { // the only one is the reason on top
		for _, f := range v.Failures {
			s.Warn("failed: " + f)
		}
		for _, r := range v.Reasons {
			s.Warn("invalid: " + r)
		}
	}
	if n := int64(len(res.Thresholds)); n > 0 {
		s.Say(fmt.Sprintf("%d of %s met", res.met(), human.CountOf(n, "threshold")))
	}
	for _, n := range res.Verdict.Notes {
		s.Say("note: " + n)
	}
	return s
}

func (res *document) thresholdSection() table.Section {
	s := table.Section{ID: thresholdsID, Title: "Thresholds", Columns: []table.Column{
		{Name: "threshold", Left: true, Code: true}, {Name: "value"}, {Name: "result", Left: true},
	}}
	for _, t := range res.Thresholds {
		state := table.Cell{Text: "ok"}
		switch {
		case t.Undecided:
			state = table.Cell{Text: "undecided"}
		case !t.OK:
			state = table.Cell{Text: "missed", Bad: true}
		}
		if t.Reason != "" {
			s.Say(t.Expr + ": " + t.Reason)
		}
		s.Rows = append(s.Rows, []table.Cell{{Text: t.Expr}, {Text: t.Found()}, state})
	}
	return s
}
