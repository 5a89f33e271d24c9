package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// fit splits s into as many tables as it takes to stay within a width. A table whose
// first column and one other are too wide stays as it is.
func (s Section) fit(width int) []Section {
	if s.width() <= width {
		return []Section{s}
	}
	if i := s.sparest(); i >= 0 {
		said := s.told(i)
		s = s.without(i)
		switch {
		case said == "":
		case len(s.Lines) > 0 && strings.HasPrefix(s.Lines[0].Text, besides):
			s.Lines = slices.Clone(s.Lines)
			s.Lines[0].Text += "; " + said
		default:
			s.Lines = append([]Cell{{Text: besides + said, Bad: true}}, s.Lines...)
		}
		return s.fit(width)
	}
	if wrapped, ok := s.wrapped(width); ok {
		return []Section{wrapped}
	}
	if stacked, ok := s.stacked(width); ok {
		return []Section{stacked}
	}
	if i := s.uniform(); i > 0 {
		said := s.Columns[i].Name + ": " + s.Rows[0][i].Text + " in all rows"
		s = s.without(i)
		s.Lines = append([]Cell{{Text: said}}, s.Lines...)
		return s.fit(width)
	}
	if squeezed, ok := s.squeezed(width); ok && !s.Each {
		return []Section{squeezed}
	}
	s.Untitled = false // each of several tables has its title
	var parts []Section
	if s.Each {
		parts = s.byFirstColumn()
	} else if parts = s.apart(); len(parts) == 1 {
		if parts = s.anywhere(width); len(parts) == 1 {
			return []Section{s}
		}
	}
	parts[len(parts)-1].Lines = s.Lines // below the last
	var fitting []Section
	for _, p := range parts {
		fitting = append(fitting, p.fit(width)...)
	}
	return fitting
}

// width is that of the whole table.
func (s Section) width() int {
	sum := 0
	for i := range s.Columns {
		sum += s.columnWidth(i) + len(gap)
	}
	return max(0, sum-len(gap))
}

func (s Section) columnWidth(i int) int {
	c := &s.Columns[i]
	name := Width(printable.Text(c.Name))
	if c.nameWidth > 0 {
		name = min(name, c.nameWidth)
	}
	return max(name, s.cellWidth(i))
}

// wrapped breaks the cells of the widest column that may be broken. It is false if that would
// leave too little of a line to be useful.
func (s Section) wrapped(width int) (Section, bool) {
	i := -1
	for j := range s.Columns {
		if s.Columns[j].Wrap > 0 && (i < 0 || s.columnWidth(j) > s.columnWidth(i)) {
			i = j
		}
	}
	if i < 0 {
		return s, false
	}
	room := width - (s.width() - s.columnWidth(i))
	if room < s.Columns[i].Wrap {
		return s, false
	}
	s.Columns = slices.Clone(s.Columns)
	s.Columns[i].width, s.Columns[i].nameWidth = room, room
	return s, true
}

// sparest is the column that the table can best go without, and -1 if it needs all.
func (s Section) sparest() int {
	found := -1
	for i, c := range s.Columns {
		if c.Spare > 0 && (found < 0 || c.Spare > s.Columns[found].Spare) {
			found = i
		}
	}
	return found
}

// uniform is a column that says the same in each of several rows, and 0 if there is none. A
// sentence can say it as well. Of several it is one of words, or else the last. Figures that
// are alike by chance are no such column, but those that are all zero or unknown.
func (s Section) uniform() int {
	found := 0
	for i, c := range s.Columns {
		if i == 0 || c.Wrap > 0 || c.Apart != "" || len(s.Rows) < 2 || len(s.Columns) < 3 {
			continue
		}
		if !slices.ContainsFunc(s.Rows, func(row []Cell) bool { return row[i] != s.Rows[0][i] }) {
			if c.Left {
				return i
			}
			if slices.Contains(nothing, s.Rows[0][i].Text) {
				found = i
			}
		}
	}
	return found
}

// nothing are the figures of what did not happen, or is not known.
var nothing = []string{"0", human.Share(0), human.NoSamples}

const (
	besides  = "also " // begins the sentence that tells the counts without a column
	mostTold = 2       // how many rows it names
)

// told says which counts a column has that is going to be left out; "" if none matters.
func (s Section) told(i int) string {
	if !s.Columns[i].Told {
		return ""
	}
	var list []string
	for _, row := range s.Rows {
		if row[i].Text != "0" {
			list = append(list, row[0].Text+" "+row[i].Text)
		}
	}
	if len(list) == 0 {
		return ""
	}
	more := ""
	if n := len(list) - mostTold; n > 0 {
		list, more = list[:mostTold], fmt.Sprintf(" and %d more", n)
	}
	return s.Columns[i].Name + " in " + strings.Join(list, ", ") + more
}

// without leaves out a column.
func (s Section) without(i int) Section {
	s.Columns = slices.Delete(slices.Clone(s.Columns), i, i+1)
	rows := make([][]Cell, len(s.Rows))
	for n, row := range s.Rows {
		rows[n] = slices.Delete(slices.Clone(row), i, i+1)
	}
	s.Rows = rows
	return s
}

// byFirstColumn makes a table for each value of the first column, which goes
// into the title.
func (s Section) byFirstColumn() []Section {
	var parts []Section
	for from := 0; from < len(s.Rows); {
		to, name := from, s.Rows[from][0].Text
		for to < len(s.Rows) && s.Rows[to][0].Text == name {
			to++
		}
		part := Section{Title: s.Title + " of " + name, Columns: s.Columns[1:]}
		for _, row := range s.Rows[from:to] {
			part.Rows = append(part.Rows, row[1:])
		}
		parts = append(parts, part)
		from = to
	}
	return parts
}

// apart cuts the table before the columns that say so.
func (s Section) apart() []Section {
	var parts []Section
	from, title := 1, s.Title
	for i, c := range s.Columns {
		if c.Apart != "" {
			parts = append(parts, s.part(title, from, i))
			from, title = i, c.Apart
		}
	}
	return append(parts, s.part(title, from, len(s.Columns)))
}

// anywhere cuts the table after as many columns as fit. The last part has no column alone.
func (s Section) anywhere(width int) []Section {
	var cuts []int
	from, used := 1, s.columnWidth(0)
	for i := 1; i < len(s.Columns); i++ {
		w := len(gap) + s.columnWidth(i)
		if used+w > width && i > from {
			cuts = append(cuts, i)
			from, used = i, s.columnWidth(0)
		}
		used += w
	}
	if last := len(s.Columns) - 1; len(cuts) > 0 && cuts[len(cuts)-1] == last {
		before := append([]int{1}, cuts...)[len(cuts)-1] // where the part ahead of the last begins
		if two := s.part("", last-1, last+1); last-before > 2 && two.width() <= width {
			cuts[len(cuts)-1]--
		}
	}
	var parts []Section
	from, title := 1, s.Title
	for _, cut := range append(cuts, len(s.Columns)) {
		parts = append(parts, s.part(title, from, cut))
		from, title = cut, s.Title+", continued"
	}
	return parts
}

// part has the first column, and those in [from, to).
func (s Section) part(title string, from, to int) Section {
	p := Section{Title: title, Columns: append(s.Columns[:1:1], s.Columns[from:to]...)}
	for i := range p.Columns {
		p.Columns[i].Apart = ""
	}
	for _, row := range s.Rows {
		p.Rows = append(p.Rows, append(row[:1:1], row[from:to]...))
	}
	return p
}
