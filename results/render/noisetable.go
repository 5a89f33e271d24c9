package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// Noises writes a noise: as table, json or markdown. The table and Markdown leave out
// phases, unless Options.All.
var Noises = Registry[*compare.Noise]{"noise", []format[*compare.Noise]{
	{"table", func(w io.Writer, n *compare.Noise, o Options) error {
		v := noise{n}
		return table.Draw(w, table.Report{Head: []string{v.heading()}, Sections: v.report(o)}, o.terminal())
	}},
	{"json", plainly(writeJSON[compare.Noise])},
	{"markdown", func(w io.Writer, n *compare.Noise, o Options) error {
		v := noise{n}
		return table.Markdown(w, table.Report{Head: []string{v.heading()}, Sections: v.report(o)})
	}},
}}

// A noise is one to be shown.
type noise struct{ *compare.Noise }

func (n noise) heading() string {
	return fmt.Sprintf("%s · nothing changed, %d and %d rounds", n.Name, n.Rounds[0], n.Rounds[1])
}

func (n noise) report(o Options) []table.Section {
	return withoutEmpty(warningSection(n.Warnings), n.rowSection(o), n.verdictSection())
}

// rowSection has a line for each metric; the headlines alone, unless Options.All.
func (n noise) rowSection(o Options) table.Section {
	s := table.Section{Title: "Noise", Each: true, Columns: []table.Column{{Name: "flow", Left: true}, {Name: "metric", Left: true}}}
	s.Columns = append(s.Columns, table.Numbers("median", "noise", "sees")...)
	for _, change := range compare.SoughtChanges {
		s.Columns = append(s.Columns, table.Column{Name: fmt.Sprintf("for %g %%", change)})
	}
	for i := range n.Rows {
		if r := &n.Rows[i]; o.All || r.Headline {
			s.Rows = append(s.Rows, noiseCells(r))
		}
	}
	s.Lines = table.Plain(
		"noise: the standard deviation from round to round.",
		"sees: the smallest change that so many rounds a side find nine times out of ten, while "+human.CountOf(int64(n.Tested), "metric")+
			" are tested. for: how many rounds a side it takes to find a change of that size.",
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
			text = human.Count(int64(r.RoundsFor[i].Rounds))
		}
		cells = append(cells, table.Cell{Text: text})
	}
	return cells
}

func (n noise) verdictSection() table.Section {
	s := table.Section{Title: "Verdict"}
	for i := range n.Rows {
		r := &n.Rows[i]
		if r.Metric != messageMedian && r.Metric != responseMedian || !r.Headline {
			continue
		}
		text := fmt.Sprintf("%s: %d rounds a side are too few for any verdict", r.Flow, min(n.Rounds[0], n.Rounds[1]))
		if r.ResolvablePercent != nil {
			text = fmt.Sprintf("%s: the smallest change of %s this set-up can see with %d rounds a side is %s",
				r.Flow, r.Metric, min(n.Rounds[0], n.Rounds[1]), human.Percent(*r.ResolvablePercent))
		}
		s.Say(text)
	}
	if len(n.Differ) == 0 {
		s.Say("as it should be, no metric differs between sides that are alike")
		return s
	}
	s.Warn(fmt.Sprintf("%s between sides that are alike: the set-up drifts, or this is the false alarm that %s of such comparisons raise: %s",
		human.Plural(len(n.Differ), "metric differs", "metrics differ"), human.Percent(100*n.Alpha), strings.Join(n.Differ, ", ")))
	return s
}

const (
	messageMedian  = "message.p50"
	responseMedian = "message.response.p50"
)
