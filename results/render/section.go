package render

import (
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

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

// eachPhase goes through the phases of a flow that have samples, in the order
// a session does.
func eachPhase(f *figures.FlowFigures, visit func(name string, p *figures.PhaseFigures)) {
	for i := range sample.NumPhases {
		name := sample.Phase(i).String()
		if p := f.Phases[name]; p != nil {
			visit(name, p)
		}
	}
}

// eachFlow goes through the flows in the scenario's order.
func (res *document) eachFlow(visit func(name string, f *figures.FlowFigures)) {
	for _, name := range res.FlowOrder {
		if f := res.Flows[name]; f != nil {
			visit(name, f)
		}
	}
}
