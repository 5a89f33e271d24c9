package results

import (
	"fmt"
	"io"
	"slices"
)

// Noises writes a noise. The table and Markdown leave out phases, unless
// Options.All.
var Noises = Registry[*Noise]{"noise", []format[*Noise]{
	{"table", func(w io.Writer, n *Noise, o Options) error {
		v := noise{n}
		return drawReport(w, v.heading(), v.report(o), o)
	}},
	{"json", plainly(writeJSON[Noise])},
	{"markdown", func(w io.Writer, n *Noise, o Options) error {
		v := noise{n}
		return markdownReport(w, v.heading(), v.report(o))
	}},
}}

// A noise is one to be shown.
type noise struct{ *Noise }

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
	for _, change := range soughtChanges {
		s.columns = append(s.columns, column{name: fmt.Sprintf("for %g %%", change)})
	}
	for i := range n.Rows {
		if r := &n.Rows[i]; all || r.headline {
			s.rows = append(s.rows, r.cells())
		}
	}
	s.lines = plain(
		"noise: the standard deviation from round to round.",
		"sees: the smallest change that so many rounds a side find nine times out of ten, while "+countOf(int64(n.Tested), "metric")+
			" are tested. for: how many rounds a side it takes to find a change of that size.",
	)
	return s
}

func (r *NoiseRow) cells() []cell {
	cells := plain(r.Flow, r.Metric, humanFigure(r.unit, r.Median), noSamples, noSamples)
	if r.NoisePercent != nil {
		cells[3].text = percent(*r.NoisePercent)
	}
	if r.ResolvablePercent != nil {
		cells[4].text = percent(*r.ResolvablePercent)
	}
	for i := range soughtChanges {
		text := noSamples
		if len(r.RoundsFor) > 0 {
			text = humanCount(int64(r.RoundsFor[i].Rounds))
		}
		cells = append(cells, cell{text: text})
	}
	return cells
}

func (n noise) verdictSection() section {
	s := section{title: "Verdict"}
	for i := range n.Rows {
		r := &n.Rows[i]
		if r.Metric != messageMedian && r.Metric != responseMedian || !r.headline {
			continue
		}
		text := fmt.Sprintf("%s: %d rounds a side are too few for any verdict", r.Flow, min(n.Rounds[0], n.Rounds[1]))
		if r.ResolvablePercent != nil {
			text = fmt.Sprintf("%s: the smallest change of %s this set-up can see with %d rounds a side is %s",
				r.Flow, r.Metric, min(n.Rounds[0], n.Rounds[1]), percent(*r.ResolvablePercent))
		}
		s.lines = append(s.lines, cell{text: text})
	}
	if len(n.Differ) == 0 {
		s.lines = append(s.lines, cell{text: "as it should be, no metric differs between sides that are alike"})
		return s
	}
	text := fmt.Sprintf("%s between sides that are alike: the set-up drifts, or this is the false alarm that %s of such comparisons raise: ",
		plural(len(n.Differ), "metric differs", "metrics differ"), percent(100*n.Alpha))
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
