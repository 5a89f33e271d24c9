// Package screen fits what there is to say of a run on one screen of a terminal.
//
//	flows := &screen.Part{Section: table.Section{Columns: columns, Rows: rows}, Noun: "flow", Least: 1}
//	report = screen.Fit(report, []*screen.Part{flows, notes}, screen.Lines, terminal)
//
// A [Part] says which of its rows or lines tell most, how many have to stay, and whether the
// screen may go without it. [Fit] cuts parts short, each with a line that says how much is
// left out, and gives back what there is room for in the end: nothing is left out that fits.
package screen
