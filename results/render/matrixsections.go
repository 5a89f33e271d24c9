package render

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// Matrices writes a matrix by itself.
var Matrices = Registry[*compare.Matrix]{"a matrix", []format[*compare.Matrix]{
	{"table", func(w io.Writer, m *compare.Matrix, o Options) error {
		return table.Draw(w, matrixHeading(m), matrixSections(m), o.terminal())
	}},
	{"json", plainly(writeJSON[compare.Matrix])},
	{"markdown", func(w io.Writer, m *compare.Matrix, _ Options) error {
		return table.Markdown(w, matrixHeading(m), matrixSections(m))
	}},
}}

func matrixHeading(m *compare.Matrix) string {
	text := fmt.Sprintf("%s · %s", m.Name, human.CountOf(int64(m.Rounds), "round"))
	if m.Runs > 1 {
		text += " in " + human.CountOf(int64(m.Runs), "run")
	}
	return text
}

// sections are the matrix for people: what each flow chose and what a message
// costs with it, which phases that is made of, what lies between flows, and
// what of it is the work of a single choice.
func matrixSections(m *compare.Matrix) []table.Section {
	if m == nil {
		return nil
	}
	return slices.DeleteFunc([]table.Section{matrixSection(m), costSection(m), overheadSection(m), choiceSection(m)},
		func(s table.Section) bool { return len(s.Rows)+len(s.Lines) == 0 })
}

// shownChoices leaves out what all flows chose alike, but for the ones a matrix
// is asked for.
func shownChoices(m *compare.Matrix) []string {
	always := []string{compare.ChoicePort, compare.ChoiceTLS, compare.ChoiceAuth, compare.ChoiceReuse, compare.ChoicePipelining}
	return slices.DeleteFunc(slices.Clone(compare.ChoiceNames), func(name string) bool {
		alike := !slices.ContainsFunc(m.Flows, func(f compare.MatrixFlow) bool {
			_, _, same := compare.ChangeOf(&f.Header, &m.Flows[0].Header, name)
			return !same
		})
		return alike && !slices.Contains(always, name)
	})
}

func matrixSection(m *compare.Matrix) table.Section {
	s := table.Section{Title: "Matrix", Columns: []table.Column{{Name: "flow", Left: true}}}
	shown := shownChoices(m)
	for _, name := range shown {
		s.Columns = append(s.Columns, table.Column{Name: name, Left: name == compare.ChoiceTLS || name == compare.ChoiceAuth || name == compare.ChoicePipelining})
	}
	s.Columns = append(s.Columns, table.Numbers("message", "CPU")...)
	for i := range m.Flows {
		f := &m.Flows[i]
		row := table.Plain(f.Flow)
		for _, name := range shown {
			row = append(row, table.Cell{Text: compare.ChoiceOf(&f.Header, name)})
		}
		s.Rows = append(s.Rows, append(row, table.Plain(humanTime(f.Cost), humanTime(f.CPU))...))
	}
	s.Lines = table.Plain("message: what a delivered one takes, its share of the connection's set-up and end with it: all service times of the flow's sessions over the messages accepted. Pauses, waiting, and the generator's own between the phases of a set-up are no part of it. " +
		"CPU: of the generator, a delivered message. reuse: messages a connection.")
	return s
}

// humanTime is a time that may not be known.
func humanTime(d *time.Duration) string {
	if d == nil {
		return human.NoSamples
	}
	return human.Duration(*d)
}

func costSection(m *compare.Matrix) table.Section {
	s := table.Section{Title: "Phases of a delivered message", Columns: []table.Column{{Name: "flow", Left: true}}}
	var names []string
	for _, p := range tally.CostPhases {
		name := p.String()
		if slices.ContainsFunc(m.Flows, func(f compare.MatrixFlow) bool { _, ok := f.Phases[name]; return ok }) {
			names = append(names, name)
		}
	}
	s.Columns = append(s.Columns, table.Numbers(append(slices.Clone(names), "between")...)...)
	for i := range m.Flows {
		f := &m.Flows[i]
		row := table.Plain(f.Flow)
		for _, name := range names {
			text := human.NoSamples
			if d, ok := f.Phases[name]; ok {
				text = human.Duration(d)
			}
			row = append(row, table.Cell{Text: text})
		}
		between := human.NoSamples
		if f.Cost != nil {
			between = human.Duration(f.Between)
		}
		s.Rows = append(s.Rows, append(row, table.Cell{Text: between}))
	}
	s.Lines = table.Plain("Means that add up to the message above: a phase's times over the messages delivered. " + human.NoSamples +
		": the flow has no such phase. between: the sending, and the generator's own; where pipelined phases overlap it is what they save, and negative.")
	return s
}

func overheadSection(m *compare.Matrix) table.Section {
	s := table.Section{Title: "Overhead against " + m.Baseline, Columns: []table.Column{{Name: "flow", Left: true}}}
	s.Columns = append(s.Columns, addedColumns(&m.Against, s.Title)...)
	for i := range m.Against.Pairs {
		d := &m.Against.Pairs[i]
		s.Rows = append(s.Rows, append(table.Plain(d.New), differenceCells(d, knowsCPU(&m.Against))...))
	}
	if len(s.Rows) > 0 {
		notes := []string{"What a delivered message costs more than the baseline's, by Hodges and Lehmann over rounds."}
		if !m.InTurn {
			notes = append(notes, "The flows ran together, so each had the others' load beside it: schedule: {flows: in-turn} keeps them apart.")
		}
		s.Lines = table.Plain(append(notes, differenceNotes(&m.Against, m.Rounds)...)...)
	}
	return s
}

func choiceSection(m *compare.Matrix) table.Section {
	s := table.Section{Title: "What each choice costs", Columns: []table.Column{{Name: "choice", Left: true}, {Name: "flow", Left: true}, {Name: "against", Left: true}}}
	columns := addedColumns(&m.Choices, s.Title)
	columns[0].Apart = s.Title + ", time"
	s.Columns = append(s.Columns, columns...)
	accompanied := false
	for i := range m.Choices.Pairs {
		d := &m.Choices.Pairs[i]
		accompanied = accompanied || len(d.Changes) > 1
		s.Rows = append(s.Rows, append(table.Plain(d.Choice(), d.New, d.Base), differenceCells(d, knowsCPU(&m.Choices))...))
	}
	if len(s.Rows) > 0 {
		notes := []string{"Flows that are alike in all but the choice named."}
		if accompanied {
			notes = append(notes, "+ port: the flows are on different ports too, which goes with the choice; what that costs is in it.")
		}
		s.Lines = table.Plain(append(notes, differenceNotes(&m.Choices, m.Rounds)...)...)
	}
	return s
}

// addedColumns are what cells fill; without CPU where no pair has it.
func addedColumns(d *compare.Differences, title string) []table.Column {
	columns := []table.Column{{Name: "adds"}, {Name: "95 % interval"}, {Name: "p"}, {Name: "verdict", Left: true}, {Name: "in percent (95 % interval)"}}
	if knowsCPU(d) {
		columns = append(columns, columns...)
		columns[5].Apart = title + ", CPU"
	}
	return columns
}

// cpu tells whether the generator's CPU time is known of any pair.
func knowsCPU(d *compare.Differences) bool {
	return slices.ContainsFunc(d.Pairs, func(p compare.Difference) bool { return p.CPU != nil })
}

func differenceCells(d *compare.Difference, cpu bool) []table.Cell {
	cells := rowAdded(d.Time)
	if cpu {
		cells = append(cells, rowAdded(d.CPU)...)
	}
	return cells
}

// added is a difference with its intervals, and what to make of it.
func rowAdded(r *compare.Row) []table.Cell {
	cells := table.Plain(human.NoSamples, human.NoSamples, human.NoSamples, human.NoSamples, human.NoSamples)
	if r == nil {
		return cells
	}
	cells[0].Text = r.Absolute(r.Delta)
	if r.Interval != nil {
		cells[1].Text = unitInterval(r)
	}
	if r.P != nil {
		cells[2].Text = probability(*r.P)
	}
	cells[3].Text = verdictWords[r.Verdict] // a cost is a finding, no bad news
	if r.DeltaPercent != nil {
		cells[4].Text = human.SignedPercent(*r.DeltaPercent)
	}
	if r.IntervalPercent != nil {
		cells[4].Text += " (" + shareInterval(r) + ")"
	}
	return cells
}

// unitInterval and shareInterval are where a difference lies, in its unit and
// in per cent; "" where there is no interval.
func unitInterval(r *compare.Row) string {
	if r.Interval == nil {
		return ""
	}
	return rowBetween(r, r.Absolute(r.Interval[0]), r.Absolute(r.Interval[1]))
}

func shareInterval(r *compare.Row) string {
	if r.IntervalPercent == nil {
		return ""
	}
	return rowBetween(r, human.SignedPercent(r.IntervalPercent[0]), human.SignedPercent(r.IntervalPercent[1]))
}

// verdictWords say what a verdict means of a cost.
var verdictWords = map[stats.Verdict]string{
	stats.Worse: "more", stats.Better: "less", stats.Same: "none found", stats.TooFewRuns: "too few",
}

// notes say how far the differences may be relied on.
func differenceNotes(d *compare.Differences, rounds int) []string {
	var list []string
	few, within, judged := 0, false, 0
	for i := range d.Pairs {
		for _, r := range []*compare.Row{d.Pairs[i].Time, d.Pairs[i].CPU} {
			switch {
			case r == nil:
				continue
			case r.Verdict == stats.TooFewRuns:
				few++
			}
			judged++
			within = within || r.IntervalOf == compare.WithinRun
		}
	}
	switch {
	case judged == 0 && len(d.Pairs) > 0:
		return append(list, "Nothing to tell apart: no message was delivered on one side of each pair, or there are too many rounds and flows to hold against each other here; compare --flow A --flow B judges two.")
	case judged == few && few > 0:
		list = append(list, fmt.Sprintf("Too few rounds for a verdict: with %s tested it takes %d of each flow, and this has %d (schedule: {flows: in-turn, rounds: %d}).",
			human.CountOf(int64(d.Tested), "difference"), d.RoundsNeeded, rounds, d.RoundsNeeded))
	default:
		list = append(list, fmt.Sprintf("p is of the U test over rounds, adjusted (Holm) for the %s tested: at most %s of such tables without any difference raise an alarm. Intervals hold one by one.",
			human.CountOf(int64(d.Tested), "difference"), human.Percent(100*d.Alpha)))
		if few > 0 {
			list = append(list, fmt.Sprintf("too few: rounds for %s; %d of each flow would do.", human.CountOf(int64(few), "difference"), d.RoundsNeeded))
		}
	}
	if !knowsCPU(d) {
		list = append(list, "The generator's CPU is not known: it is told by the run file's seconds, where flows run in turn for two or more.")
	}
	if within {
		list = append(list, "* within this run only: how far one run's figures wander from second to second. Other runs may differ by more.")
	}
	return list
}
