package compared

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// A costRow is what a choice costs, or a flow more than the baseline.
type costRow struct {
	what string
	*compare.Difference
	all    *compare.Differences // which it was judged among
	choice bool
}

// costRows are what the choices of a matrix cost, and then what flows cost more than
// the baseline. A pair that is both is among the choices.
func costRows(m *compare.Matrix) []costRow {
	var rows []costRow
	named := map[string]int{}
	for i := range m.Choices.Pairs {
		named[m.Choices.Pairs[i].Choice()]++
	}
	for i := range m.Choices.Pairs {
		d := &m.Choices.Pairs[i]
		what := d.Choice()
		if named[what] > 1 {
			what += " (" + d.New + ")"
		}
		rows = append(rows, costRow{what, d, &m.Choices, true})
	}
	for i := range m.Against.Pairs {
		d := &m.Against.Pairs[i]
		alike := func(c compare.Difference) bool { return c.New == d.New && c.Base == d.Base }
		if !slices.ContainsFunc(m.Choices.Pairs, alike) {
			rows = append(rows, costRow{d.New + " against " + d.Base, d, &m.Against, false})
		}
	}
	return rows
}

// Costs are what choices and flows cost, in one table. There is nothing in it if
// there is no matrix.
func Costs(m *compare.Matrix) *screen.Part {
	p := &screen.Part{Noun: "difference"}
	p.Section = table.Section{ID: costsID, Title: "Costs", Untitled: true, Columns: []table.Column{
		{Name: "what a message costs more", Left: true, Wrap: 24}, {Name: "time"}, {Name: "95 % range"},
	}}
	if m == nil {
		return p
	}
	rows := costRows(m)
	cpu := slices.ContainsFunc(rows, func(r costRow) bool { return r.CPU != nil })
	if cpu {
		p.Columns = append(p.Columns, table.Column{Name: "CPU", Spare: 1})
	}
	p.Columns = append(p.Columns, table.Column{Name: "verdict", Left: true})
	for _, r := range rows {
		row := table.Plain(r.what, addedText(r.Time), orNoSamples(unitIntervalOf(r.Time)))
		if cpu {
			row = append(row, table.Cell{Text: addedCPU(r.CPU)})
		}
		p.Rows = append(p.Rows, append(row, table.Cell{Text: r.verdict()}))
		p.Order = append(p.Order, len(p.Order))
	}
	slices.SortStableFunc(p.Order, func(a, b int) int {
		return cmp.Or(rows[a].rank()-rows[b].rank(), cmp.Compare(rows[b].size(), rows[a].size()))
	})
	p.Lines = table.Plain(costNotes(m, rows)...)
	p.Least = min(1, len(rows))
	return p
}

// rank is before another's for what is shown first: choices, and then flows.
func (r *costRow) rank() int {
	if r.choice {
		return 0
	}
	return 1
}

// size is how much a difference adds or takes away.
func (r *costRow) size() float64 {
	if r.Time == nil {
		return -1
	}
	return math.Abs(r.Time.Delta)
}

func addedText(r *compare.Row) string {
	if r == nil {
		return human.NoSamples
	}
	return r.InUnit(r.Delta).String()
}

func unitIntervalOf(r *compare.Row) string {
	if r == nil {
		return ""
	}
	return unitInterval(r)
}

// addedCPU is what a message costs more of the generator's CPU time, if that was shown.
func addedCPU(r *compare.Row) string {
	if r != nil && r.Verdict != stats.Better && r.Verdict != stats.Worse && r.Verdict != stats.TooFewRuns {
		return "none shown"
	}
	return addedText(r)
}

// verdict is what to make of a difference, in words.
func (r *costRow) verdict() string {
	switch {
	case r.Unlike != "":
		return "not compared: " + r.Unlike
	case r.Time == nil:
		return "nothing to compare"
	}
	return costVerdict(r.Time)
}

// costNotes say in short how to read the costs, and what limits them.
func costNotes(m *compare.Matrix, rows []costRow) []string {
	if len(rows) == 0 {
		return nil
	}
	var notes []string
	port, within, few, needed, alone := false, false, 0, 0, 0
	least, most := math.Inf(1), math.Inf(-1)
	for _, r := range rows {
		port = port || len(r.Changes) > 1 && r.choice
		if r.Time == nil {
			continue
		}
		within = within || r.Time.IntervalOf == compare.WithinRun
		if r.Time.Verdict == stats.TooFewRuns {
			few, needed = few+1, max(needed, r.all.RoundsNeeded)
		}
		if r.Time.ShownAlone {
			alone = max(alone, r.Time.Tested)
		}
		if seen := r.Time.ResolvablePercent; r.verdict() == noneShown && seen != nil {
			least, most = min(least, *seen), max(most, *seen)
		}
	}
	if few > 0 {
		notes = append(notes, fmt.Sprintf("too few rounds: a verdict takes %d of each flow, and this has %d (schedule: {flows: in-turn, rounds: %d})", needed, m.Rounds, needed))
	}
	if low, high := human.Percent(least), human.Percent(most); most >= least {
		seen := low
		if low != high {
			seen += " to " + high
		}
		notes = append(notes, noneShown+": this run could have seen one of "+seen)
	}
	if alone > 0 {
		notes = append(notes, shownAloneNote(alone))
	}
	if port {
		notes = append(notes, "+ port: on another port too; what that costs is in it")
	}
	if within {
		notes = append(notes, "* within this run only: other runs may differ by more")
	}
	if !m.InTurn {
		notes = append(notes, "the flows ran together, each beside the others' load: schedule: {flows: in-turn} keeps them apart")
	}
	return notes
}

// costDetail is how the costs were judged.
func costDetail(m *compare.Matrix) table.Section {
	s := table.Section{ID: judgedID, Title: "Costs as judged", Columns: append([]table.Column{{Name: "what a message costs more", Left: true, Wrap: 24}}, judgedColumns("time")...)}
	rows := costRows(m)
	cpu := slices.ContainsFunc(rows, func(r costRow) bool { return r.CPU != nil })
	if cpu {
		columns := judgedColumns("CPU")
		columns[0].Apart = "Costs as judged, CPU"
		s.Columns = append(s.Columns, columns...)
	}
	for _, r := range rows {
		cells := append(table.Plain(r.what), judgedCells(r.Time)...)
		if cpu {
			cells = append(cells, judgedCells(r.CPU)...)
		}
		s.Rows = append(s.Rows, cells)
	}
	if len(rows) > 0 {
		s.Lines = table.Plain(differenceNotes(m)...)
	}
	return s
}

func judgedColumns(of string) []table.Column {
	return table.Numbers(of, "95 % interval", "in percent", "p")
}

func judgedCells(r *compare.Row) []table.Cell {
	if r == nil {
		return table.Plain(slices.Repeat([]string{human.NoSamples}, 4)...)
	}
	percent := human.NoSamples
	if r.DeltaPercent != nil {
		percent = human.SignedPercent(*r.DeltaPercent)
	}
	if interval := percentInterval(r); interval != "" {
		percent += " (" + interval + ")"
	}
	p := human.NoSamples
	if r.P != nil {
		p = probability(*r.P)
	}
	return table.Plain(addedText(r), orNoSamples(unitInterval(r)), percent, p)
}

// differenceNotes say how the differences were judged.
func differenceNotes(m *compare.Matrix) []string {
	list := judgedNotes("choices: ", &m.Choices)
	list = append(list, judgedNotes("flows against "+m.Baseline+": ", &m.Against)...)
	if !slices.ContainsFunc(costRows(m), func(r costRow) bool { return r.CPU != nil }) {
		list = append(list, "CPU per flow needs flows in turn of at least 2 s.")
	}
	return list
}

// judgedNotes say how some differences were judged, and which could not be.
func judgedNotes(of string, d *compare.Differences) []string {
	var list []string
	compared := false
	for i := range d.Pairs {
		pair := &d.Pairs[i]
		compared = compared || pair.Time != nil || pair.CPU != nil
		if pair.Unlike != "" {
			list = append(list, of+pair.New+" is not compared with "+pair.Base+": "+pair.Unlike+".")
		}
	}
	switch {
	case len(d.Pairs) == 0:
	case d.Tested > 0:
		list = append(list, of+testNote(human.CountOf(int64(d.Tested), "difference"), wholePercent(100*d.Alpha), "tables"))
	case !compared && len(list) == 0:
		list = append(list, of+"nothing to compare: no message was delivered on one side of each pair, or there are too many rounds and flows to compare them all here; compare --flow A --flow B judges two.")
	}
	return list
}
