package render

import (
	"math"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// figures are the matrix on a page: each flow against the baseline, and each
// choice against the flow without it.
func matrixFigures(m *compare.Matrix) []page.CostPlot {
	if m == nil {
		return nil
	}
	figures := []page.CostPlot{againstFigure(m)}
	if len(m.Choices.Pairs) > 0 {
		figures = append(figures, choiceFigure(m))
	}
	return figures
}

func againstFigure(m *compare.Matrix) page.CostPlot {
	table := matrixSection(m)
	leading := len(shownChoices(m)) + 1
	out := page.CostPlot{
		Title: printable.Text("What a delivered message costs, against " + m.Baseline), Lead: reportColumns(table.Columns[:leading]),
		Before: []page.Column{{Name: "cost", Left: true}, {Name: "a message"}},
		Notes:  printableAll(texts(append(table.Lines, overheadSection(m).Lines...))),
	}
	differences := map[string]*compare.Difference{}
	for i := range m.Against.Pairs {
		differences[m.Against.Pairs[i].New] = &m.Against.Pairs[i]
	}
	for i := range m.Flows {
		f := &m.Flows[i]
		g := page.CostGroup{Lead: printableAll(texts(table.Rows[i][:leading]))}
		d := differences[f.Flow]
		if d == nil { // the baseline itself
			d = &compare.Difference{}
		}
		g.Lanes = append(g.Lanes, laneOf(d.Time, "time", humanTime(f.Cost)), laneOf(d.CPU, "CPU", humanTime(f.CPU)))
		if f.Flow == m.Baseline {
			g.Lanes[0].Verdict, g.Lanes[0].Class = "baseline", "found"
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

func choiceFigure(m *compare.Matrix) page.CostPlot {
	table := choiceSection(m)
	out := page.CostPlot{
		Title: table.Title, Lead: reportColumns(table.Columns[:3]), Before: []page.Column{{Name: "cost", Left: true}},
		Notes: printableAll(texts(table.Lines)),
	}
	for i := range m.Choices.Pairs {
		d := &m.Choices.Pairs[i]
		out.Groups = append(out.Groups, page.CostGroup{
			Lead: printableAll(texts(table.Rows[i][:3])), Lanes: []page.CostLane{laneOf(d.Time, "time"), laneOf(d.CPU, "CPU")},
		})
	}
	return out
}

// lane places a difference in a figure.
func laneOf(r *compare.Row, before ...string) page.CostLane {
	l := page.CostLane{Before: before, Adds: human.NoSamples, Share: human.NoSamples, Estimate: math.NaN(), Low: math.NaN(), High: math.NaN(), Class: "open"}
	if r == nil {
		return l
	}
	l.Adds, l.AddsBetween, l.Verdict = r.Absolute(r.Delta), unitInterval(r), verdictWords[r.Verdict]
	if r.DeltaPercent != nil {
		l.Estimate, l.Share = *r.DeltaPercent, human.SignedPercent(*r.DeltaPercent)
	}
	if r.IntervalPercent != nil {
		l.Low, l.High, l.ShareBetween = r.IntervalPercent[0], r.IntervalPercent[1], shareInterval(r)
	}
	switch r.Verdict {
	case stats.Worse:
		l.Class = "more"
	case stats.Better:
		l.Class = "less"
	case stats.Same:
		l.Class = "found"
	}
	return l
}

func texts(cells []table.Cell) []string {
	var list []string
	for _, c := range cells {
		list = append(list, c.Text)
	}
	return list
}
