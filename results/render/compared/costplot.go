package compared

import (
	"math"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// CostPlots are the matrix on a page: each flow against the baseline, and each
// choice against the flow without it. There are none of a nil matrix.
func CostPlots(m *compare.Matrix) []page.CostPlot {
	if m == nil {
		return nil
	}
	plots := []page.CostPlot{overheadPlot(m)}
	if len(m.Choices.Pairs) > 0 {
		plots = append(plots, choicePlot(m))
	}
	return plots
}

func overheadPlot(m *compare.Matrix) page.CostPlot {
	plot := page.CostPlot{
		Title: printable.Text("What a delivered message costs, against " + m.Baseline), Lead: page.ColumnsOf(chosenColumns(m)),
		Before: []page.Column{{Name: "cost", Left: true}, {Name: "a message"}},
		Notes:  page.Printable(append([]string{costNote}, overheadNotes(m)...)),
	}
	differences := map[string]*compare.Difference{m.Baseline: {}}
	for i := range m.Against.Pairs {
		differences[m.Against.Pairs[i].New] = &m.Against.Pairs[i]
	}
	for i := range m.Flows {
		f := &m.Flows[i]
		d := differences[f.Flow]
		lanes := []page.CostLane{costLane(d.Time, "time", knownTime(f.Cost)), costLane(d.CPU, "CPU", knownTime(f.CPU))}
		if f.Flow == m.Baseline {
			lanes[0].Verdict, lanes[0].Class = "baseline", "found"
		}
		plot.Groups = append(plot.Groups, page.CostGroup{Lead: printableTexts(chosenCells(m, f)), Lanes: lanes})
	}
	return plot
}

func choicePlot(m *compare.Matrix) page.CostPlot {
	plot := page.CostPlot{
		Title: choicesTitle, Lead: page.ColumnsOf(pairColumns()), Before: []page.Column{{Name: "cost", Left: true}},
		Notes: page.Printable(choiceNotes(m)),
	}
	for i := range m.Choices.Pairs {
		d := &m.Choices.Pairs[i]
		plot.Groups = append(plot.Groups, page.CostGroup{
			Lead: printableTexts(pairCells(d)), Lanes: []page.CostLane{costLane(d.Time, "time"), costLane(d.CPU, "CPU")},
		})
	}
	return plot
}

// costLane places a difference in a plot; nothing is known of a nil row.
func costLane(r *compare.Row, before ...string) page.CostLane {
	l := page.CostLane{Before: before, Adds: human.NoSamples, Share: human.NoSamples, Estimate: math.NaN(), Low: math.NaN(), High: math.NaN(), Class: "open"}
	if r == nil {
		return l
	}
	l.Adds, l.AddsBetween, l.Verdict = r.InUnit(r.Delta).String(), unitInterval(r), costVerdict(r)
	if r.DeltaPercent != nil {
		l.Estimate, l.Share = *r.DeltaPercent, human.SignedPercent(*r.DeltaPercent)
	}
	if r.IntervalPercent != nil {
		l.Low, l.High, l.ShareBetween = r.IntervalPercent[0], r.IntervalPercent[1], percentInterval(r)
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

func printableTexts(cells []table.Cell) []string {
	var list []string
	for _, c := range cells {
		list = append(list, printable.Text(c.Text))
	}
	return list
}
