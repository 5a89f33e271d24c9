package render

import (
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

func (res *document) thresholdSection() table.Section {
	s := table.Section{ID: thresholdsID, Title: "Thresholds", Columns: []table.Column{
		{Name: "threshold", Left: true, Code: true}, {Name: "value"}, {Name: "result", Left: true},
	}}
	for _, t := range res.Thresholds {
		value, state := human.NoSamples, table.Cell{Text: "ok"}
		if t.Value != nil {
			value = human.Figure(t.Metric.Unit(), *t.Value)
		}
		if !t.OK {
			state = table.Cell{Text: "missed", Bad: true}
		}
		if t.Reason != "" {
			s.Say(t.Expr + ": " + t.Reason)
		}
		s.Rows = append(s.Rows, []table.Cell{{Text: t.Expr}, {Text: value}, state})
	}
	return s
}
