package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

func (c comparison) heading() string { return sideText(&c.Base) + " → " + sideText(&c.New) }

func sideText(s *compare.Side) string {
	text := s.Name + " (" + human.CountOf(int64(s.Rounds), "round")
	if s.Runs != s.Rounds {
		text += " in " + human.CountOf(int64(s.Runs), "run")
	}
	return text + ")"
}

// report is a comparison for people: first what to beware of.
func (c comparison) report(o Options) []table.Section {
	var list []table.Section
	for _, s := range []table.Section{c.warningSection(), c.rowSection(o.All), c.gateSection(), c.verdictSection()} {
		if len(s.Rows)+len(s.Lines) > 0 {
			list = append(list, s)
		}
	}
	return list
}

func (c comparison) warningSection() table.Section {
	s := table.Section{Title: "Warnings"}
	for _, w := range c.Warnings {
		s.Lines = append(s.Lines, table.Cell{Text: w, Bad: true})
	}
	return s
}

func (c comparison) rowSection(all bool) table.Section {
	s := table.Section{Title: "Comparison", Each: true, Columns: []table.Column{
		{Name: "flow", Left: true}, {Name: "metric", Left: true}, {Name: "base"}, {Name: "new"}, {Name: "change"},
		{Name: c.level() + " interval"}, {Name: "p"}, {Name: "verdict", Left: true}, {Name: "sees"},
	}}
	hidden := 0
	for i := range c.Rows {
		r := &c.Rows[i]
		if !all && !isTelling(r) {
			hidden++
			continue
		}
		s.Rows = append(s.Rows, rowCells(r))
	}
	s.Lines = table.Plain(c.notes(hidden)...)
	return s
}

// tells tells whether a row belongs into the tables unasked: the headlines do,
// and phases that changed, or may have as far as one can see.
func isTelling(r *compare.Row) bool {
	return r.Headline || r.Verdict == stats.Better || r.Verdict == stats.Worse || r.Confidence.Finite() && !r.Confidence.Contains(0)
}

func (c comparison) level() string {
	return strconv.FormatFloat(100*(1-c.Alpha), 'f', -1, 64) + " %"
}

func rowCells(r *compare.Row) []table.Cell {
	cells := table.Plain(r.Flow, r.Metric, human.Figure(r.Measure, r.Base), human.Figure(r.Measure, r.New), r.Change(), rowSpan(r), human.NoSamples, string(r.Verdict), human.NoSamples)
	cells[7].Bad = r.Verdict == stats.Worse
	if r.P != nil {
		cells[6].Text = probability(*r.P)
	}
	if r.ResolvablePercent != nil {
		cells[8].Text = human.Percent(*r.ResolvablePercent)
	}
	return cells
}

func rowSpan(r *compare.Row) string {
	var low, high string
	switch {
	case r.IntervalPercent != nil:
		low, high = human.SignedPercent(r.IntervalPercent[0]), human.SignedPercent(r.IntervalPercent[1])
	case r.DeltaPercent == nil && r.Confidence.Finite():
		low, high = r.Absolute(r.Confidence.Low), r.Absolute(r.Confidence.High)
	default:
		return human.NoSamples
	}
	return rowBetween(r, low, high)
}

// between is an interval. A unit that both ends share is said once.
func rowBetween(r *compare.Row, low, high string) string {
	if cut := strings.LastIndexByte(low, ' '); cut > 0 && strings.HasSuffix(high, low[cut:]) {
		low = low[:cut]
	}
	text := low + " to " + high
	if r.IntervalOf == compare.WithinRun {
		text += " *"
	}
	return text
}

func probability(p float64) string {
	switch {
	case p < 0.0001:
		return "<0.0001"
	case p < 0.001:
		return strconv.FormatFloat(p, 'f', 4, 64)
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// notes say how to read the table.
func (c comparison) notes(hidden int) []string {
	var list []string
	if c.Tested > 0 && c.Count(stats.TooFewRuns) < len(c.Rows) {
		list = append(list, fmt.Sprintf("p is of the U test over rounds, adjusted (Holm) for the %s tested: at most %s of such comparisons without any difference raise an alarm. Intervals hold one by one.",
			human.CountOf(int64(c.Tested), "metric"), strconv.FormatFloat(100*c.Alpha, 'f', -1, 64)+" %"))
	}
	if c.MinEffectPercent > 0 {
		list = append(list, "A change of less than "+human.Percent(c.MinEffectPercent)+" is the same.")
	}
	for i := range c.Rows {
		if c.Rows[i].ResolvablePercent != nil {
			list = append(list, "sees: the smallest change that so many rounds, with so much noise, find nine times out of ten.")
			break
		}
	}
	for i := range c.Rows {
		if c.Rows[i].IntervalOf == compare.WithinRun {
			list = append(list, "* within this run only: how far one run's figures wander from second to second. Other runs may differ by more.")
			break
		}
	}
	if hidden > 0 {
		list = append(list, human.CountOf(int64(hidden), "metric")+" of phases, in which no change shows, are left out; --all shows them.")
	}
	return list
}

func (c comparison) gateSection() table.Section {
	s := table.Section{Title: "Gates", Columns: []table.Column{
		{Name: "gate", Left: true, Code: true}, {Name: "flow", Left: true}, {Name: "result", Left: true}, {Name: "because", Left: true},
	}}
	for _, g := range c.Gates {
		state := table.Cell{Text: "ok"}
		switch {
		case !g.Known:
			state = table.Cell{Text: "unknown", Bad: true}
		case !g.OK:
			state = table.Cell{Text: "missed", Bad: true}
		}
		s.Rows = append(s.Rows, []table.Cell{{Text: g.Expr}, {Text: g.Flow}, state, {Text: g.Reason}})
	}
	return s
}

func (c comparison) verdictSection() table.Section {
	s := table.Section{Title: "Verdict"}
	for _, v := range []stats.Verdict{stats.Worse, stats.Better, stats.Same} {
		if names := c.Named(v); len(names) > 0 {
			text := fmt.Sprintf("%s: %s", v, human.CountOf(int64(len(names)), "metric"))
			if v != stats.Same {
				text += ": " + strings.Join(names, ", ")
			}
			s.Lines = append(s.Lines, table.Cell{Text: text, Bad: v == stats.Worse})
		}
	}
	if n := c.Count(stats.TooFewRuns); n > 0 {
		s.Lines = append(s.Lines, table.Cell{Text: fmt.Sprintf("too-few-runs: %s. With %d tested, no verdict is possible under %d rounds a side: run --repeat, or ab, makes them.",
			human.CountOf(int64(n), "metric"), c.Tested, c.RoundsNeeded)})
	}
	unresolved, most := 0, 0
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Verdict == stats.Same && r.RoundsNeeded > 0 {
			unresolved, most = unresolved+1, max(most, r.RoundsNeeded)
		}
	}
	if unresolved > 0 {
		s.Lines = append(s.Lines, table.Cell{Text: fmt.Sprintf("not resolvable: a change of %s in %s may go unseen; %s rounds a side would find it in all of them.",
			human.Percent(c.MinEffectPercent), human.CountOf(int64(unresolved), "metric"), human.Count(int64(most)))})
	}
	return s
}
