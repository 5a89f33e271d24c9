package render

import (
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A driftRow is how much a figure changed an hour.
type driftRow struct {
	flow, name string // no flow of the server
	judged     bool   // it is among the few that a flow is judged by
	unit       criteria.Unit
	*figures.Drift
}

// drifts are those of all flows and of the server; none of a short run.
func (res *document) drifts() []driftRow {
	var list []driftRow
	for flow, f := range res.FlowsInOrder() {
		for _, known := range criteria.Drifts(f.Load) {
			d := f.Drift[known.Name]
			if d == nil {
				continue
			}
			m := known.Metric
			judged := m.Kind != criteria.Latency || m.Part == f.Load.Judged() && !strings.HasPrefix(known.Name, "session")
			list = append(list, driftRow{flow, known.Name, judged, m.Unit(), d})
		}
	}
	if res.Server != nil {
		for name, d := range res.Server.Drift {
			list = append(list, driftRow{"", "server." + name, true, criteria.SharePerHour, d})
		}
	}
	return list
}

// cells are the change, its range, and what to make of them.
func (d *driftRow) cells() []table.Cell {
	if !d.Known {
		return []table.Cell{{Text: human.NoSamples}, {Text: human.NoSamples}, {Text: "not known: " + d.Reason}}
	}
	says := table.Cell{Text: "no drift shown"}
	if d.Low > 0 || d.High < 0 {
		says = table.Cell{Text: "drifts"}
	}
	return []table.Cell{{Text: human.Figure(d.unit, d.PerHour)}, {Text: human.Span(human.FigureOf(d.unit, d.Low), human.FigureOf(d.unit, d.High))}, says}
}

// driftSection has the drift of each figure.
func (res *document) driftSection() table.Section {
	s := table.Section{ID: driftsID, Title: "Drift", Columns: []table.Column{
		{Name: "flow", Left: true}, {Name: "figure", Left: true}, {Name: "an hour"}, {Name: "95 % range"}, {Name: "", Left: true}, {Name: "blocks"},
	}}
	for _, d := range res.drifts() {
		flow, blocks := d.flow, human.NoSamples
		if d.Blocks > 0 {
			blocks = fmt.Sprintf("%d of %s", d.Blocks, human.Duration(d.Block))
		}
		s.Rows = append(s.Rows, append(append(table.Plain(flow, d.name), d.cells()...), table.Cell{Text: blocks}))
	}
	if len(s.Rows) > 0 {
		s.Lines = table.Plain("How much a figure changed an hour while the load lasted, of what it was at the beginning; errors in percentage points.")
	}
	return s
}

// driftPart has the drifts of what flows are judged by, those first that were shown.
func (res *document) driftPart() *screen.Part {
	p := &screen.Part{Noun: "drift", Spare: 1, Most: 6}
	p.Section = table.Section{ID: driftsID, Title: "Drift", Untitled: true, Columns: []table.Column{
		{Name: "drift", Left: true, Wrap: 12}, {Name: "an hour"}, {Name: "95 % range"}, {Name: "", Left: true},
	}}
	var shown, others []int
	for _, d := range res.drifts() {
		if !d.judged {
			continue
		}
		name := d.name
		if d.flow != "" && len(res.FlowOrder) > 1 {
			name = d.flow + "." + name
		}
		if d.Known && (d.Low > 0 || d.High < 0) {
			shown = append(shown, len(p.Rows))
		} else {
			others = append(others, len(p.Rows))
		}
		p.Rows = append(p.Rows, append(table.Plain(name), d.cells()...))
	}
	p.Order = append(shown, others...)
	p.Least = min(len(shown), 3)
	return p
}
