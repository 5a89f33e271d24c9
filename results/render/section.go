package render

// A section is one part of a report for people, before it is known how it is
// shown: a table, sentences, or a table with sentences below.
type section struct {
	title   string
	columns []column
	rows    [][]cell // as long as columns
	lines   []cell

	// each lets a table that is too wide be shown as one for every value of
	// its first column.
	each bool
}

// A column says how its cells are shown.
type column struct {
	name  string
	left  bool   // words, which are aligned to the left; figures are to the right
	code  bool   // somebody else's words, which are shown as they are
	apart string // where the table is too wide, one with this title begins here
	clip  int    // cells may be clipped to this width; 0 for never
}

// A cell is a piece of text.
type cell struct {
	text string
	bad  bool // stands out where there are colours
}

// plain makes cells of texts.
func plain(texts ...string) []cell {
	cells := make([]cell, len(texts))
	for i, t := range texts {
		cells[i].text = t
	}
	return cells
}

// numbers makes columns of figures.
func numbers(names ...string) []column {
	columns := make([]column, len(names))
	for i, n := range names {
		columns[i].name = n
	}
	return columns
}
