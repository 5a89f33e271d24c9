package results

import (
	"math"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/report"
	"github.com/smtpgauge/smtpgauge/results/stats"
)

// figures are the matrix on a page: each flow against the baseline, and each
// choice against the flow without it.
func (m *Matrix) figures() []report.Matrix {
	if m == nil {
		return nil
	}
	figures := []report.Matrix{m.againstFigure()}
	if len(m.Choices.Pairs) > 0 {
		figures = append(figures, m.choiceFigure())
	}
	return figures
}

func (m *Matrix) againstFigure() report.Matrix {
	table := m.matrixSection()
	leading := len(m.shownChoices()) + 1
	out := report.Matrix{
		Title: printable.Text("What a delivered message costs, against " + m.Baseline), Lead: reportColumns(table.columns[:leading]),
		Before: []report.Column{{Name: "cost", Left: true}, {Name: "a message"}},
		Notes:  printableAll(texts(append(table.lines, m.overheadSection().lines...))),
	}
	differences := map[string]*Difference{}
	for i := range m.Against.Pairs {
		differences[m.Against.Pairs[i].New] = &m.Against.Pairs[i]
	}
	for i := range m.Flows {
		f := &m.Flows[i]
		g := report.MatrixGroup{Lead: printableAll(texts(table.rows[i][:leading]))}
		d := differences[f.Flow]
		if d == nil { // the baseline itself
			d = &Difference{}
		}
		g.Lanes = append(g.Lanes, d.Time.lane("time", humanTime(f.Cost)), d.CPU.lane("CPU", humanTime(f.CPU)))
		if f.Flow == m.Baseline {
			g.Lanes[0].Verdict, g.Lanes[0].Class = "baseline", "found"
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

func (m *Matrix) choiceFigure() report.Matrix {
	table := m.choiceSection()
	out := report.Matrix{
		Title: table.title, Lead: reportColumns(table.columns[:3]), Before: []report.Column{{Name: "cost", Left: true}},
		Notes: printableAll(texts(table.lines)),
	}
	for i := range m.Choices.Pairs {
		d := &m.Choices.Pairs[i]
		out.Groups = append(out.Groups, report.MatrixGroup{
			Lead: printableAll(texts(table.rows[i][:3])), Lanes: []report.Lane{d.Time.lane("time"), d.CPU.lane("CPU")},
		})
	}
	return out
}

// lane places a difference in a figure.
func (r *Row) lane(before ...string) report.Lane {
	l := report.Lane{Before: before, Adds: noSamples, Share: noSamples, Estimate: math.NaN(), Low: math.NaN(), High: math.NaN(), Class: "open"}
	if r == nil {
		return l
	}
	l.Adds, l.AddsBetween, l.Verdict = r.absolute(r.Delta), r.unitInterval(), verdictWords[r.Verdict]
	if r.DeltaPercent != nil {
		l.Estimate, l.Share = *r.DeltaPercent, signedPercent(*r.DeltaPercent)
	}
	if r.IntervalPercent != nil {
		l.Low, l.High, l.ShareBetween = r.IntervalPercent[0], r.IntervalPercent[1], r.shareInterval()
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

func texts(cells []cell) []string {
	var list []string
	for _, c := range cells {
		list = append(list, c.text)
	}
	return list
}
