package compared

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Report is a comparison for people: the warnings first, and the statistics if all is to be
// shown.
func Report(c *compare.Comparison, all bool) table.Report { return comparison{c}.report(all) }

func (c comparison) report(all bool) table.Report {
	return table.Report{
		Verdict: table.Concluded(&c.Verdict), Head: append([]string{c.heading()}, c.targets()...),
		Sections: table.WithoutEmpty(table.Warnings(c.Warnings), c.rowSection(all), c.findingSection(), c.gateSection()),
	}
}

// rowSection has a line for each metric.
func (c comparison) rowSection(all bool) table.Section {
	s := table.Section{Title: "Comparison", Each: true, Columns: []table.Column{
		{Name: "flow", Left: true}, {Name: "metric", Left: true}, {Name: "base"}, {Name: "new"}, {Name: "change"},
		{Name: c.level() + " interval"}, {Name: "verdict", Left: true},
	}}
	if all {
		s.Columns = append(s.Columns, table.Column{Name: "p"}, table.Column{Name: "could see"})
	}
	for i := range c.Rows {
		r := &c.Rows[i]
		cells := rowCells(r)
		if all {
			cells = append(cells, statisticsCells(r)...)
		}
		s.Rows = append(s.Rows, cells)
	}
	s.Lines = table.Plain(c.notes(all)...)
	return s
}

// level is the confidence of the intervals: "95 %".
func (c comparison) level() string { return wholePercent(100 * (1 - c.Alpha)) }

// wholePercent has no more decimals than there are.
func wholePercent(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) + " %" }

func rowCells(r *compare.Row) []table.Cell {
	cells := table.Plain(r.Flow, r.Metric, human.Figure(r.Measure, r.Base), human.Figure(r.Measure, r.New), r.Change(), orNoSamples(changeInterval(r)))
	return append(cells, table.Cell{Text: rowVerdict(r), Bad: r.Verdict == stats.Worse})
}

func statisticsCells(r *compare.Row) []table.Cell {
	p := human.NoSamples
	if r.P != nil {
		p = probability(*r.P)
	}
	return table.Plain(p, orNoSamples(r.Unseen()))
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
	if r.Nothing() {
		return ""
	}
	if r.DeltaPercent == nil || r.Measure == criteria.Share {
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

// offNote explains a change that the medians beside it seem to contradict.
const offNote = "base and new are each side's median; change is the median of how far each round of new is from each of base, and what is judged. They are not alike in "

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
func (c comparison) notes(all bool) []string {
	var list []string
	has := func(v stats.Verdict) bool { return c.Count(v) > 0 }
	matters := human.Percent(c.MinEffectPercent)
	if slices.ContainsFunc(c.Rows, func(r compare.Row) bool { return r.Measure == criteria.Share }) {
		matters += ", of errors " + errorsThatMatter()
	}
	if has(stats.Worse) || has(stats.Better) || has(stats.Differs) || has(stats.Same) || has(stats.NotShown) {
		list = append(list, "A change of less than "+matters+" does not matter. same: it is surely less. not shown: it may be less or more.")
	}
	if slices.ContainsFunc(c.Rows, func(r compare.Row) bool { return r.IntervalOf == compare.WithinRun }) {
		list = append(list, withinRunNote)
	}
	var off []string
	for i := range c.Rows {
		if r := &c.Rows[i]; r.IsOff() {
			off = append(off, r.Flow+"."+r.Metric)
		}
	}
	if len(off) > 0 {
		list = append(list, offNote+strings.Join(off, ", ")+".")
	}
	if slices.ContainsFunc(c.Rows, func(r compare.Row) bool { return r.ShownAlone }) {
		list = append(list, shownAloneNote(c.Tested)+".")
	}
	if !all {
		return list
	}
	if c.Tested > 0 && c.Count(stats.TooFewRuns) < len(c.Rows) {
		list = append(list, testNote(human.CountOf(int64(c.Tested), "metric"), wholePercent(100*c.Alpha), "comparisons"))
	}
	return append(list, "could see: the smallest change that so many rounds, with so much noise, find nine times out of ten.")
}

func errorsThatMatter() string {
	return strings.TrimPrefix(human.SignedPointsOf(compare.SmallestErrors).String(), "+")
}

func (c comparison) gateSection() table.Section {
	s := table.Section{Title: "Gates", Columns: []table.Column{
		{Name: "gate", Left: true, Code: true}, {Name: "flow", Left: true}, {Name: "result", Left: true}, {Name: "because", Left: true, Wrap: 24},
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

// findingSection names the metrics that changed, and says how sure the others are.
func (c comparison) findingSection() table.Section {
	s := table.Section{Title: "Findings"}
	for _, v := range []stats.Verdict{stats.Worse, stats.Better, stats.Differs} {
		if names := c.Named(v); len(names) > 0 {
			s.Lines = append(s.Lines, table.Cell{Text: fmt.Sprintf("%s: %s", v, strings.Join(names, ", ")), Bad: v == stats.Worse})
		}
	}
	if n := c.Count(stats.Same); n > 0 {
		s.Say("same: " + human.CountOf(int64(n), "metric"))
	}
	s.Lines = append(s.Lines, table.Plain(c.notShown()...)...)
	s.Lines = append(s.Lines, table.Plain(c.tooFew()...)...)
	return s
}

// tooFew says how many metrics have too few rounds, how many rounds are enough, and what makes
// them. A metric that is not known of all rounds has fewer than the others.
func (c comparison) tooFew() []string {
	n, needs := 0, 0
	var gaps []string
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Verdict != stats.TooFewRuns {
			continue
		}
		n, needs = n+1, max(needs, r.RoundsNeeded)
		if r.BaseRounds < c.Base.Rounds || r.NewRounds < c.New.Rounds {
			gaps = append(gaps, fmt.Sprintf("%s.%s is known of %d and %d of the %d and %d rounds only", r.Flow, r.Metric, r.BaseRounds, r.NewRounds, c.Base.Rounds, c.New.Rounds))
		}
	}
	if n == 0 {
		return nil
	}
	text := "too few rounds: " + human.CountOf(int64(n), "metric")
	effort, feasible := c.Effort(needs)
	if feasible {
		text += "; " + effort + " would do"
	}
	switch perTurn := max(1, c.New.Rounds/max(1, c.New.Runs)); {
	case c.Alternates && feasible:
		text += fmt.Sprintf(": --repeat %d", (needs+perTurn-1)/perTurn)
	case c.Alternates:
		text += ": --repeat N makes more"
	default:
		text += ": run --repeat or ab makes them"
	}
	return append([]string{text}, gaps...)
}

// notShown says how large a change could have gone unseen, and what it takes to see
// one that matters.
func (c comparison) notShown() []string {
	var seen, noisy []string
	most := 0
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Verdict != stats.NotShown {
			continue
		}
		name := r.Flow + "." + r.Metric
		if _, feasible := c.Effort(r.RoundsNeeded); feasible {
			most = max(most, r.RoundsNeeded)
		} else {
			noisy = append(noisy, name)
		}
		if unseen := r.Unseen(); unseen != "" && len(seen) == 0 {
			name += " (this could have seen " + unseen + ")"
		} else if unseen != "" {
			name += " (" + unseen + ")"
		}
		seen = append(seen, name)
	}
	if len(seen) == 0 {
		return nil
	}
	list := []string{"no difference shown in " + strings.Join(seen, ", ")}
	if effort, _ := c.Effort(most); most > 0 {
		list = append(list, fmt.Sprintf("to tell a change of %s from none takes about %s", human.Percent(c.MinEffectPercent), effort))
	}
	if len(noisy) > 0 {
		list = append(list, fmt.Sprintf("this set-up is too noisy to ever see %s in %s", human.Percent(c.MinEffectPercent), strings.Join(noisy, ", ")))
	}
	return list
}
