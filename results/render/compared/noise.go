package compared

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// A noise is one to be shown.
type noise struct{ *compare.Noise }

// Noise is a noise for people.
func Noise(of *compare.Noise) table.Report {
	n := noise{of}
	return table.Report{
		Verdict:  table.Concluded(&n.Verdict),
		Head:     []string{fmt.Sprintf("%s · nothing changed, %d and %d rounds", n.Name, n.Rounds[0], n.Rounds[1])},
		Sections: table.WithoutEmpty(table.Warnings(n.Warnings), n.rowSection()),
	}
}

// rowSection has a line for each metric.
func (n noise) rowSection() table.Section {
	s := table.Section{Title: "Noise", Each: true, Columns: []table.Column{{Name: "flow", Left: true}, {Name: "metric", Left: true}}}
	s.Columns = append(s.Columns, table.Numbers("median", "varies by", "could see")...)
	for _, change := range compare.SoughtChanges {
		s.Columns = append(s.Columns, table.Column{Name: fmt.Sprintf("for %g %%", change)})
	}
	for i := range n.Rows {
		s.Rows = append(s.Rows, noiseCells(&n.Rows[i]))
	}
	s.Lines = table.Plain(
		"varies by: the standard deviation from round to round.",
		"could see: the smallest change that so many rounds a side find nine times out of ten, while "+human.CountOf(int64(n.Tested), "metric")+
			" are tested. for: how many rounds a side it takes to see a change of that size.",
	)
	return s
}

func noiseCells(r *compare.NoiseRow) []table.Cell {
	cells := table.Plain(r.Flow, r.Metric, human.Figure(r.Measure, r.Median), human.NoSamples, human.NoSamples)
	if r.NoisePercent != nil {
		cells[3].Text = human.Percent(*r.NoisePercent)
	}
	if r.ResolvablePercent != nil {
		cells[4].Text = human.Percent(*r.ResolvablePercent)
	}
	for i := range compare.SoughtChanges {
		text := human.NoSamples
		if len(r.RoundsFor) > 0 {
			if text = human.Count(int64(r.RoundsFor[i].Rounds)); r.RoundsFor[i].Rounds > compare.MostRounds {
				text = fmt.Sprintf("> %d", compare.MostRounds)
			}
		}
		cells = append(cells, table.Cell{Text: text})
	}
	return cells
}
