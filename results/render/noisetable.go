package render

import (
	"fmt"
	"io"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// Noises writes a noise. The table and Markdown leave out phases, unless
// Options.All.
var Noises = Registry[*compare.Noise]{"noise", []format[*compare.Noise]{
	{"table", func(w io.Writer, n *compare.Noise, o Options) error {
		v := noise{n}
		return drawReport(w, v.heading(), v.report(o), o.terminal())
	}},
	{"json", plainly(writeJSON[compare.Noise])},
	{"markdown", func(w io.Writer, n *compare.Noise, o Options) error {
		v := noise{n}
		return markdownReport(w, v.heading(), v.report(o))
	}},
}}

// A noise is one to be shown.
type noise struct{ *compare.Noise }

func (n noise) heading() string {
	return fmt.Sprintf("%s · nothing changed, %d and %d rounds", n.Name, n.Rounds[0], n.Rounds[1])
}

func (n noise) report(o Options) []section {
	return slices.DeleteFunc([]section{n.warningSection(), n.rowSection(o.All), n.verdictSection()},
		func(s section) bool { return len(s.rows)+len(s.lines) == 0 })
}

func (n noise) warningSection() section {
	s := section{title: "Warnings"}
	for _, w := range n.Warnings {
		s.lines = append(s.lines, cell{w, true})
	}
	return s
}

func (n noise) rowSection(all bool) section {
	s := section{title: "Noise", each: true, columns: []column{{name: "flow", left: true}, {name: "metric", left: true}}}
	s.columns = append(s.columns, numbers("median", "noise", "sees")...)
	for _, change := range compare.SoughtChanges {
		s.columns = append(s.columns, column{name: fmt.Sprintf("for %g %%", change)})
	}
	for i := range n.Rows {
		if r := &n.Rows[i]; all || r.Headline {
			s.rows = append(s.rows, noiseCells(r))
		}
	}
	s.lines = plain(
		"noise: the standard deviation from round to round.",
		"sees: the smallest change that so many rounds a side find nine times out of ten, while "+human.CountOf(int64(n.Tested), "metric")+
			" are tested. for: how many rounds a side it takes to find a change of that size.",
	)
	return s
}

func noiseCells(r *compare.NoiseRow) []cell {
	cells := plain(r.Flow, r.Metric, human.Figure(r.Measure, r.Median), human.NoSamples, human.NoSamples)
	if r.NoisePercent != nil {
		cells[3].text = human.Percent(*r.NoisePercent)
	}
	if r.ResolvablePercent != nil {
		cells[4].text = human.Percent(*r.ResolvablePercent)
	}
	for i := range compare.SoughtChanges {
		text := human.NoSamples
		if len(r.RoundsFor) > 0 {
			text = human.Count(int64(r.RoundsFor[i].Rounds))
		}
		cells = append(cells, cell{text: text})
	}
	return cells
}

func (n noise) verdictSection() section {
	s := section{title: "Verdict"}
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
		s.lines = append(s.lines, cell{text: text})
	}
	if len(n.Differ) == 0 {
		s.lines = append(s.lines, cell{text: "as it should be, no metric differs between sides that are alike"})
		return s
	}
	text := fmt.Sprintf("%s between sides that are alike: the set-up drifts, or this is the false alarm that %s of such comparisons raise: ",
		human.Plural(len(n.Differ), "metric differs", "metrics differ"), human.Percent(100*n.Alpha))
	for i, name := range n.Differ {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	s.lines = append(s.lines, cell{text, true})
	return s
}

const (
	messageMedian  = "message.p50"
	responseMedian = "message.response.p50"
)
