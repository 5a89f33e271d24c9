package table

import "slices"

// A Section is one part of a report: a table, sentences, or a table with sentences
// below it.
type Section struct {
	ID      ID
	Title   string
	Columns []Column
	Rows    [][]Cell // each as long as Columns
	Lines   []Cell   // sentences, below the table

	// Each lets a table that is too wide be shown as one for every value of
	// its first column.
	Each bool

	// Untitled leaves the title out on terminals, if the table fits: its columns'
	// names say what it is.
	Untitled bool
}

// An ID names a section within its report.
type ID string

// IsEmpty tells whether there is nothing to show.
func (s *Section) IsEmpty() bool { return len(s.Rows)+len(s.Lines) == 0 }

// Say adds a sentence.
func (s *Section) Say(text string) { s.Lines = append(s.Lines, Cell{Text: text}) }

// Warn adds a sentence that stands out.
func (s *Section) Warn(text string) { s.Lines = append(s.Lines, Cell{Text: text, Bad: true}) }

// A Column says how its cells are shown.
type Column struct {
	Name  string
	Left  bool   // words, which are aligned to the left; figures are to the right
	Code  bool   // a scenario's or a server's words, shown as they are
	Apart string // if the table is too wide, one with this title begins here
	Wrap  int    // if the table is too wide, cells may be broken into lines of this width or more; 0 for never

	// Spare is above 0 for a column that a table on a terminal may go without, if it
	// is too wide: the one with the highest goes first.
	Spare int

	// Told is set for counts of which a sentence says where they are above zero, if the table
	// goes without the column.
	Told bool

	width     int // that cells are broken at; 0 for none
	nameWidth int // that the name is broken at; 0 for none
}

// A Cell is a piece of text.
type Cell struct {
	Text string
	Bad  bool // stands out if there are colours
}

// Plain makes cells of texts.
func Plain(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, t := range texts {
		cells[i].Text = t
	}
	return cells
}

// Numbers makes columns of figures.
func Numbers(names ...string) []Column {
	columns := make([]Column, len(names))
	for i, n := range names {
		columns[i].Name = n
	}
	return columns
}

// WithoutEmpty leaves out sections in which there is nothing to show.
func WithoutEmpty(sections ...Section) []Section {
	return slices.DeleteFunc(sections, func(s Section) bool { return s.IsEmpty() })
}

// Warnings is a section of warnings, which stand out.
func Warnings(warnings []string) Section {
	s := Section{Title: "Warnings"}
	for _, w := range warnings {
		s.Warn(w)
	}
	return s
}
