package compared

import (
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// Matrix is a matrix for people: in one screen, or all of it.
func Matrix(m *compare.Matrix, all bool, o table.Terminal) table.Report {
	r := table.Report{Head: []string{matrixHeading(m)}}
	if all {
		r.Sections = MatrixSections(m)
		return r
	}
	r.More = "more: --all"
	flows := &screen.Part{Section: matrixSection(m), Noun: "flow", Least: min(1, len(m.Flows))}
	flows.Lines = table.Plain("message: what one takes, with its share of its connection; reuse: messages a connection")
	flows.Untitled = true
	return screen.Fit(r, []*screen.Part{flows, Costs(m)}, screen.Lines, o)
}

func matrixHeading(m *compare.Matrix) string {
	text := fmt.Sprintf("%s · %s", m.Name, human.CountOf(int64(m.Rounds), "round"))
	if m.Runs > 1 {
		text += " in " + human.CountOf(int64(m.Runs), "run")
	}
	return text
}

// The sections of a matrix.
const (
	matrixID table.ID = "matrix"
	costsID  table.ID = "costs"
	judgedID table.ID = "judged"
	makeUpID table.ID = "make-up"
)

// MatrixSections are all of a matrix: what the choices cost, how that was judged, what
// each flow chose and what a message costs with it, and which phases that cost is made
// of. There are none of a nil matrix.
func MatrixSections(m *compare.Matrix) []table.Section {
	if m == nil {
		return nil
	}
	return table.WithoutEmpty(Costs(m).Section, costDetail(m), matrixSection(m), makeUpSection(m))
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

func makeUpSection(m *compare.Matrix) table.Section {
	s := table.Section{ID: makeUpID, Title: "Phases of a delivered message", Columns: []table.Column{{Name: "flow", Left: true}}}
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

func overheadNotes(m *compare.Matrix) []string {
	if len(m.Against.Pairs) == 0 {
		return nil
	}
	notes := []string{"What a delivered message costs more than the baseline's, by the median of all differences between rounds."}
	if !m.InTurn {
		notes = append(notes, "The flows ran together, so each had the others' load beside it: schedule: {flows: in-turn} keeps them apart.")
	}
	return append(notes, judgedNotes("", &m.Against)...)
}

const choicesTitle = "What each choice costs"

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
	return append(notes, judgedNotes("", &m.Choices)...)
}
