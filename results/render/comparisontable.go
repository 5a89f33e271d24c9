package render

import (
	"fmt"
	"slices"
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

// report is a comparison for people: the warnings first.
func (c comparison) report(o Options) []table.Section {
	return withoutEmpty(warningSection(c.Warnings), c.rowSection(o), c.gateSection(), c.verdictSection())
}

// rowSection has a line for each metric. Unless Options.All, it leaves out phases
// in which no change shows.
func (c comparison) rowSection(o Options) table.Section {
	s := table.Section{Title: "Comparison", Each: true, Columns: []table.Column{
		{Name: "flow", Left: true}, {Name: "metric", Left: true}, {Name: "base"}, {Name: "new"}, {Name: "change"},
		{Name: c.level() + " interval"}, {Name: "p"}, {Name: "verdict", Left: true}, {Name: "sees"},
	}}
	hidden := 0
	for i := range c.Rows {
		r := &c.Rows[i]
		if !o.All && !isTelling(r) {
			hidden++
			continue
		}
		s.Rows = append(s.Rows, rowCells(r))
	}
	s.Lines = table.Plain(c.notes(hidden)...)
	return s
}

// isTelling says whether a row is in the tables without being asked for: the
// headlines are, and so are phases that changed, or may have as far as can be seen.
func isTelling(r *compare.Row) bool {
	return r.Headline || r.Verdict == stats.Better || r.Verdict == stats.Worse || r.Confidence.Finite() && !r.Confidence.Contains(0)
}

// level is the confidence of the intervals: "95 %".
func (c comparison) level() string { return wholePercent(100 * (1 - c.Alpha)) }

// wholePercent has no more decimals than there are.
func wholePercent(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) + " %" }

func rowCells(r *compare.Row) []table.Cell {
	p, sees := human.NoSamples, human.NoSamples
	if r.P != nil {
		p = probability(*r.P)
	}
	if r.ResolvablePercent != nil {
		sees = human.Percent(*r.ResolvablePercent)
	}
	cells := table.Plain(r.Flow, r.Metric, human.Figure(r.Measure, r.Base), human.Figure(r.Measure, r.New), r.Change(),
		orNoSamples(changeInterval(r)), p)
	return append(cells, table.Cell{Text: string(r.Verdict), Bad: r.Verdict == stats.Worse}, table.Cell{Text: sees})
}

// orNoSamples is a text, or what stands for none.
func orNoSamples(text string) string {
	if text == "" {
		return human.NoSamples
	}
	return text
}

// changeInterval is where the change that Row.Change writes lies; "" if there is no
// interval.
func changeInterval(r *compare.Row) string {
	if r.DeltaPercent == nil {
		return unitInterval(r)
	}
	return percentInterval(r)
}

// unitInterval and percentInterval are where a difference lies, in the row's unit
// and in per cent; "" if there is no interval.
func unitInterval(r *compare.Row) string {
	if r.Interval == nil {
		return ""
	}
	return intervalText(r, r.InUnit(r.Interval[0]), r.InUnit(r.Interval[1]))
}

func percentInterval(r *compare.Row) string {
	if r.IntervalPercent == nil {
		return ""
	}
	return intervalText(r, human.SignedPercentOf(r.IntervalPercent[0]), human.SignedPercentOf(r.IntervalPercent[1]))
}

// intervalText marks an interval that holds within one run only.
func intervalText(r *compare.Row, low, high human.Quantity) string {
	text := human.Span(low, high)
	if r.IntervalOf == compare.WithinRun {
		text += " *"
	}
	return text
}

// withinRunNote explains the mark.
const withinRunNote = "* within this run only: how far one run's figures vary from second to second. Other runs may differ by more."

func probability(p float64) string {
	switch {
	case p < 0.0001:
		return "<0.0001"
	case p < 0.001:
		return strconv.FormatFloat(p, 'f', 4, 64)
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// testNote says how the p-values were made, and what the intervals promise.
func testNote(tested, alpha, of string) string {
	return fmt.Sprintf("p is of the U test over rounds, adjusted (Holm) for the %s tested: at most %s of such %s without any difference raise an alarm. "+
		"Each interval holds by itself; they are not adjusted for the number tested.", tested, alpha, of)
}

// notes say how to read the table.
func (c comparison) notes(hidden int) []string {
	var list []string
	if c.Tested > 0 && c.Count(stats.TooFewRuns) < len(c.Rows) {
		list = append(list, testNote(human.CountOf(int64(c.Tested), "metric"), wholePercent(100*c.Alpha), "comparisons"))
	}
	if c.MinEffectPercent > 0 {
		list = append(list, "A change of less than "+human.Percent(c.MinEffectPercent)+" is the same.")
	}
	if slices.ContainsFunc(c.Rows, func(r compare.Row) bool { return r.ResolvablePercent != nil }) {
		list = append(list, "sees: the smallest change that so many rounds, with so much noise, find nine times out of ten.")
	}
	if slices.ContainsFunc(c.Rows, func(r compare.Row) bool { return r.IntervalOf == compare.WithinRun }) {
		list = append(list, withinRunNote)
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
			state = table.Cell{Text: "undecided", Bad: true}
		case !g.OK:
			state = table.Cell{Text: "missed", Bad: true}
		}
		s.Rows = append(s.Rows, []table.Cell{{Text: g.Expr}, {Text: g.Flow}, state, {Text: g.Reason}})
	}
	return s
}

// verdictSection counts the metrics by verdict, and names those that changed.
func (c comparison) verdictSection() table.Section {
	s := table.Section{Title: "Verdict"}
	for _, v := range []stats.Verdict{stats.Worse, stats.Better, stats.Same} {
		names := c.Named(v)
		if len(names) == 0 {
			continue
		}
		text := fmt.Sprintf("%s: %s", v, human.CountOf(int64(len(names)), "metric"))
		if v != stats.Same {
			text += ": " + strings.Join(names, ", ")
		}
		s.Lines = append(s.Lines, table.Cell{Text: text, Bad: v == stats.Worse})
	}
	if n := c.Count(stats.TooFewRuns); n > 0 {
		s.Say(fmt.Sprintf("too-few-runs: %s. With %d tested, no verdict is possible under %d rounds a side: run --repeat, or ab, makes them.",
			human.CountOf(int64(n), "metric"), c.Tested, c.RoundsNeeded))
	}
	unresolved, most := 0, 0
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Verdict == stats.Same && r.RoundsNeeded > 0 {
			unresolved, most = unresolved+1, max(most, r.RoundsNeeded)
		}
	}
	if unresolved > 0 {
		s.Say(fmt.Sprintf("not resolvable: a change of %s in %s may go unseen; %s rounds a side would find it in all of them.",
			human.Percent(c.MinEffectPercent), human.CountOf(int64(unresolved), "metric"), human.Count(int64(most))))
	}
	return s
}
