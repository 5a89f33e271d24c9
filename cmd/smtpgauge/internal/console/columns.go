package console

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
)

// A column is a figure of the flows under way.
type column struct {
	title string
	width int
	rank  int // the lowest stay on a narrow terminal
	needs needs
	cell  func(f *live.Flow) string
}

// needs says which runs have a column.
type needs uint8

const (
	anyLoad needs = iota
	openLoad
	severalStages // at a time
)

// all are the columns in their order on the screen. Offered stands beside accepted.
var all = []column{
	{"stage", 5, 6, severalStages, func(f *live.Flow) string { return stageCell(f.Stage) }},
	{"offered/s", 9, 2, openLoad, func(f *live.Flow) string { return rateIf(f.OffersNumber, f.Offered) }},
	{"begun/s", 7, 7, openLoad, func(f *live.Flow) string { return rateIf(f.OpenLoad, f.Begun) }},
	{"accepted/s", 10, 1, anyLoad, func(f *live.Flow) string { return human.Rate(f.Accepted) }},
	{"of offered", 10, 9, openLoad, func(f *live.Flow) string { return kept(f) }},
	{"p50", 8, 5, anyLoad, func(f *live.Flow) string { p50, _ := quantiles(f); return p50 }},
	{"p99", 8, 3, anyLoad, func(f *live.Flow) string { _, p99 := quantiles(f); return p99 }},
	{"open", 6, 4, anyLoad, func(f *live.Flow) string { return human.Count(int64(f.Open)) }},
	{"accepted", 10, 8, anyLoad, func(f *live.Flow) string { return human.Count(f.Total) }},
}

func rateIf(known bool, v float64) string {
	if !known {
		return ""
	}
	return human.Rate(v)
}

// keptWidth is how many characters the bar of accepted against offered has.
const keptWidth = 10

// kept is a bar of how much of what is offered is accepted.
func kept(f *live.Flow) string {
	if !f.OffersNumber || f.Offered <= 0 {
		return ""
	}
	n := int(min(1, f.Accepted/f.Offered)*keptWidth + 0.5)
	return strings.Repeat("■", n) + strings.Repeat("·", keptWidth-n)
}

// columns is how the flows under way are laid out on a width.
type columns struct {
	name    int // its width
	figures []column
	errors  int // the width that is left for errors in the row; 0 if they stand below it
}

// The widths of names and errors. Names may have 63 letters, and figures matter more.
const (
	maxName     = 20
	maxShort    = 12 // on a narrow terminal
	narrow      = 70
	leastErrors = 24 // narrower, they stand below the row
)

func (p *Progress) columns(width int) columns {
	c := columns{name: len("flow")}
	has := map[needs]bool{anyLoad: true, severalStages: !p.SharesStage()}
	for i := range p.Flows {
		c.name = max(c.name, utf8.RuneCountInString(p.Flows[i].Name))
		has[openLoad] = has[openLoad] || p.Flows[i].OpenLoad
	}
	c.name = min(c.name, maxName)
	if width < narrow {
		c.name = min(c.name, maxShort)
	}
	left := width - c.name
	byRank := slices.SortedFunc(slices.Values(all), func(a, b column) int { return cmp.Compare(a.rank, b.rank) })
	most := 0 // the rank of the last column that fits
	for _, col := range byRank {
		if !has[col.needs] {
			continue
		}
		if left < col.width+1 {
			break
		}
		most, left = col.rank, left-col.width-1
	}
	for _, col := range all {
		if has[col.needs] && col.rank <= most {
			c.figures = append(c.figures, col)
		}
	}
	if left-2 >= leastErrors {
		c.errors = left - 2
	}
	return c
}

func (c columns) header() line {
	s := fmt.Sprintf("%-*s", c.name, "flow")
	for _, f := range c.figures {
		s += fmt.Sprintf(" %*s", f.width, f.title)
	}
	if c.errors > 0 {
		s += "  errors"
	}
	return line{{s, faint}}
}

// block is the row of a flow, and below it the errors that do not fit in it.
func (c columns) block(f *live.Flow, width int) []line {
	s := fmt.Sprintf("%-*s", c.name, clip(f.Name, c.name))
	for _, col := range c.figures {
		s += fmt.Sprintf(" %*s", col.width, col.cell(f))
	}
	if len(f.Errors) == 0 {
		if c.errors > 0 {
			s += "  none"
		}
		return []line{text(s)}
	}
	if in := live.ErrorText(f.Errors); utf8.RuneCountInString(in) <= c.errors {
		return []line{{{text: s + "  "}, {in, alarm}}}
	}
	lines := []line{text(s)}
	for _, l := range pack(width-2, " ", errorPieces("errors: ", f.Errors)) {
		lines = append(lines, append(line{{text: "  "}}, l...))
	}
	return lines
}
