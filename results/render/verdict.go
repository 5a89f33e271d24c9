package render

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

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
