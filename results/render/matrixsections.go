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

// Matrices writes a matrix without the rest of its runs: as table, json or markdown.
var Matrices = Registry[*compare.Matrix]{"a matrix", []format[*compare.Matrix]{
	{"table", func(w io.Writer, m *compare.Matrix, o Options) error {
		return table.Draw(w, table.Report{Head: []string{matrixHeading(m)}, Sections: matrixSections(m)}, o.terminal())
	}},
	{"json", plainly(writeJSON[compare.Matrix])},
	{"markdown", func(w io.Writer, m *compare.Matrix, _ Options) error {
		return table.Markdown(w, table.Report{Head: []string{matrixHeading(m)}, Sections: matrixSections(m)})
	}},
}}

func matrixHeading(m *compare.Matrix) string {
	text := fmt.Sprintf("%s · %s", m.Name, human.CountOf(int64(m.Rounds), "round"))
	if m.Runs > 1 {
		text += " in " + human.CountOf(int64(m.Runs), "run")
	}
	return text
}

// matrixSections are the matrix for people: what each flow chose and what a
// message costs with it, which phases that cost is made of, how flows differ, and
// how much of that one choice makes. There are none of a nil matrix.
func matrixSections(m *compare.Matrix) []table.Section {
	if m == nil {
		return nil
	}
	return withoutEmpty(matrixSection(m), costSection(m), overheadSection(m), choiceSection(m))
}

// shownChoices leaves out what all flows chose alike, except the choices that a matrix
// is most often made for.
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
	s := table.Section{ID: matrixID, Title: "Matrix", Columns: append(chosenColumns(m), table.Numbers("message", "CPU")...)}
	for i := range m.Flows {
		f := &m.Flows[i]
		s.Rows = append(s.Rows, append(chosenCells(m, f), table.Plain(knownTime(f.Cost), knownTime(f.CPU))...))
	}
	s.Lines = table.Plain(costNote)
	return s
}

// chosenColumns are a flow's name and what it chose; chosenCells fill them.
func chosenColumns(m *compare.Matrix) []table.Column {
	columns := []table.Column{{Name: "flow", Left: true}}
	for _, name := range shownChoices(m) {
		columns = append(columns, table.Column{Name: name, Left: name == compare.ChoiceTLS || name == compare.ChoiceAuth || name == compare.ChoicePipelining})
	}
	return columns
}

func chosenCells(m *compare.Matrix, f *compare.MatrixFlow) []table.Cell {
	cells := table.Plain(f.Flow)
	for _, name := range shownChoices(m) {
		cells = append(cells, table.Cell{Text: compare.ChoiceOf(&f.Header, name)})
	}
	return cells
}

const costNote = "message: what a delivered one takes, with its share of the connection's set-up and end: all service times of the flow's sessions over the messages accepted. " +
	"Pauses, waiting, and the generator's own time between the phases of a set-up are not in it. " +
	"CPU: of the generator, a delivered message. reuse: messages a connection."

// knownTime writes a time, if it is known.
func knownTime(d *time.Duration) string {
	if d == nil {
		return human.NoSamples
	}
	return human.Duration(*d)
}

func costSection(m *compare.Matrix) table.Section {
	s := table.Section{ID: costsID, Title: "Phases of a delivered message", Columns: []table.Column{{Name: "flow", Left: true}}}
	var names []string
	for _, p := range tally.CostPhases {
		name := p.String()
		if slices.ContainsFunc(m.Flows, func(f compare.MatrixFlow) bool { _, ok := f.Phases[name]; return ok }) {
			names = append(names, name)
		}
	}
	s.Columns = append(s.Columns, table.Numbers(append(slices.Clone(names), "between")...)...)
	untold := false
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
		s.Rows = append(s.Rows, append(row, table.Cell{Text: knownTime(f.Between)}))
		untold = untold || f.Cost != nil && f.Between == nil
	}
	s.Lines = table.Plain("Means that add up to the message above: a phase's times over the messages delivered. " + human.NoSamples +
		": the flow has no such phase. between: the sending, the generator's own time, and waits for replies that never came.")
	if untold {
		s.Lines = append(s.Lines, table.Plain("between "+human.NoSamples+
			": it cannot be told. An earlier version made the run file: it timed pipelined commands one by one, so their times overlap, and it did not time messages that failed half-way.")...)
	}
	return s
}

func overheadSection(m *compare.Matrix) table.Section {
	s := table.Section{ID: overheadID, Title: "Overhead against " + m.Baseline, Columns: []table.Column{{Name: "flow", Left: true}}}
	s.Columns = append(s.Columns, differenceColumns(&m.Against, s.Title)...)
	for i := range m.Against.Pairs {
		d := &m.Against.Pairs[i]
		s.Rows = append(s.Rows, append(table.Plain(d.New), differenceCells(&m.Against, d)...))
	}
	s.Lines = table.Plain(overheadNotes(m)...)
	return s
}

func overheadNotes(m *compare.Matrix) []string {
	if len(m.Against.Pairs) == 0 {
		return nil
	}
	notes := []string{"What a delivered message costs more than the baseline's, by Hodges and Lehmann over rounds."}
	if !m.InTurn {
		notes = append(notes, "The flows ran together, so each had the others' load beside it: schedule: {flows: in-turn} keeps them apart.")
	}
	return append(notes, differenceNotes(&m.Against, m.Rounds)...)
}

const choicesTitle = "What each choice costs"

func choiceSection(m *compare.Matrix) table.Section {
	s := table.Section{ID: choicesID, Title: choicesTitle, Columns: pairColumns()}
	columns := differenceColumns(&m.Choices, s.Title)
	columns[0].Apart = s.Title + ", time"
	s.Columns = append(s.Columns, columns...)
	for i := range m.Choices.Pairs {
		d := &m.Choices.Pairs[i]
		s.Rows = append(s.Rows, append(pairCells(d), differenceCells(&m.Choices, d)...))
	}
	s.Lines = table.Plain(choiceNotes(m)...)
	return s
}

// pairColumns are a choice and the two flows that differ in it; pairCells fill
// them.
func pairColumns() []table.Column {
	return []table.Column{{Name: "choice", Left: true}, {Name: "flow", Left: true}, {Name: "against", Left: true}}
}

func pairCells(d *compare.Difference) []table.Cell { return table.Plain(d.Choice(), d.New, d.Base) }

func choiceNotes(m *compare.Matrix) []string {
	if len(m.Choices.Pairs) == 0 {
		return nil
	}
	notes := []string{"Flows that are alike in all but the choice named."}
	if slices.ContainsFunc(m.Choices.Pairs, func(d compare.Difference) bool { return len(d.Changes) > 1 }) {
		notes = append(notes, "+ port: the flows are on different ports too, which goes with the choice; what that costs is in it.")
	}
	return append(notes, differenceNotes(&m.Choices, m.Rounds)...)
}

// differenceColumns are what differenceCells fill; without CPU if no pair has it.
func differenceColumns(d *compare.Differences, title string) []table.Column {
	columns := []table.Column{{Name: "adds"}, {Name: "95 % interval"}, {Name: "p"}, {Name: "verdict", Left: true}, {Name: "in percent (95 % interval)"}}
	if knowsCPU(d) {
		columns = append(columns, columns...)
		columns[5].Apart = title + ", CPU"
	}
	return columns
}

// knowsCPU tells whether the generator's CPU time is known of any pair.
func knowsCPU(d *compare.Differences) bool {
	return slices.ContainsFunc(d.Pairs, func(p compare.Difference) bool { return p.CPU != nil })
}

func differenceCells(all *compare.Differences, d *compare.Difference) []table.Cell {
	cells := costCells(d.Time)
	if knowsCPU(all) {
		cells = append(cells, costCells(d.CPU)...)
	}
	return cells
}

// costCells are a difference in cost with its intervals, and what to make of it.
func costCells(r *compare.Row) []table.Cell {
	if r == nil {
		return table.Plain(slices.Repeat([]string{human.NoSamples}, 5)...)
	}
	p, percent := human.NoSamples, human.NoSamples
	if r.P != nil {
		p = probability(*r.P)
	}
	if r.DeltaPercent != nil {
		percent = human.SignedPercent(*r.DeltaPercent)
	}
	if interval := percentInterval(r); interval != "" {
		percent += " (" + interval + ")"
	}
	// A cost is a finding, not bad news.
	return table.Plain(r.InUnit(r.Delta).String(), orNoSamples(unitInterval(r)), p, verdictWords[r.Verdict], percent)
}

// verdictWords say what a verdict means for a cost.
var verdictWords = map[stats.Verdict]string{
	stats.Worse: "more", stats.Better: "less", stats.Same: "none found", stats.TooFewRuns: "too few",
}

// differenceNotes say how far the differences may be relied on.
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
		return append(list, "Nothing to compare: no message was delivered on one side of each pair, or there are too many rounds and flows to compare them all here; compare --flow A --flow B judges two.")
	case judged == few && few > 0:
		list = append(list, fmt.Sprintf("Too few rounds for a verdict: with %s tested it takes %d of each flow, and this has %d (schedule: {flows: in-turn, rounds: %d}).",
			human.CountOf(int64(d.Tested), "difference"), d.RoundsNeeded, rounds, d.RoundsNeeded))
	default:
		list = append(list, testNote(human.CountOf(int64(d.Tested), "difference"), wholePercent(100*d.Alpha), "tables"))
		if few > 0 {
			list = append(list, fmt.Sprintf("too few: rounds for %s; %d of each flow would do.", human.CountOf(int64(few), "difference"), d.RoundsNeeded))
		}
	}
	if !knowsCPU(d) {
		list = append(list, "CPU per flow needs flows in turn of at least 2 s.")
	}
	if within {
		list = append(list, withinRunNote)
	}
	return list
}
