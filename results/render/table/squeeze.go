package table

import (
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// mostNameLines is how many lines the name of a column takes at most.
const mostNameLines = 2

// stacked breaks the names of columns that are wider than what stands below them, if the table
// fits then: those that win most first.
func (s Section) stacked(width int) (Section, bool) {
	s.Columns = slices.Clone(s.Columns)
	for s.width() > width {
		found, won, at := -1, 0, 0
		for i := range s.Columns {
			narrow := s.nameWidth(i)
			if w := s.columnWidth(i) - max(narrow, s.cellWidth(i)); w > won {
				found, won, at = i, w, narrow
			}
		}
		if found < 0 {
			return s, false
		}
		s.Columns[found].nameWidth = at
	}
	return s, true
}

// nameWidth is the least width that a column's name fits in, broken at its spaces.
func (s Section) nameWidth(i int) int {
	name := printable.Text(s.Columns[i].Name)
	width := max(longestWord(name), s.cellWidth(i))
	for len(broken("", name, width)) > mostNameLines {
		width++
	}
	return width
}

// squeezed breaks the cells of one column at their spaces, and names as stacked does, if the
// table fits then. Of several such columns it takes the one that breaks fewest cells. A table
// that lacks room for more than one column stays as it is: it is better read in two parts.
func (s Section) squeezed(width int) (Section, bool) {
	narrowest := s.width()
	for i := 1; i < len(s.Columns); i++ {
		narrowest = min(narrowest, s.width()-s.columnWidth(i)-len(gap))
	}
	if narrowest > width {
		return s, false
	}
	best, fewest := s, len(s.Rows)+1
	for i, c := range s.Columns {
		if c.Code || c.width > 0 {
			continue
		}
		tried := s
		tried.Columns = slices.Clone(s.Columns)
		tried.Columns[i].width = 1 // as narrow as its words let it be
		for j := range tried.Columns {
			tried.Columns[j].nameWidth = tried.nameWidth(j)
		}
		room := width - (tried.width() - tried.columnWidth(i))
		if room < max(s.wordWidth(i), tried.Columns[i].nameWidth) {
			continue
		}
		tried.Columns[i].width = room
		if n := s.wider(i, room); n < fewest {
			best, fewest = tried, n
		}
	}
	return best, fewest <= len(s.Rows)
}

// cellWidth is the width of a column without its name.
func (s Section) cellWidth(i int) int {
	width := 0
	for _, row := range s.Rows {
		width = max(width, Width(printable.Text(row[i].Text)))
	}
	if limit := s.Columns[i].width; limit > 0 {
		width = min(width, limit)
	}
	return width
}

// wordWidth is how wide the longest word of a column's cells is.
func (s Section) wordWidth(i int) int {
	width := 0
	for _, row := range s.Rows {
		width = max(width, longestWord(printable.Text(row[i].Text)))
	}
	return width
}

// wider is how many cells of a column are wider than so much.
func (s Section) wider(i, width int) int {
	n := 0
	for _, row := range s.Rows {
		if Width(printable.Text(row[i].Text)) > width {
			n++
		}
	}
	return n
}

// longestWord is how wide the longest word of a printable text is.
func longestWord(text string) int {
	width := 0
	for _, word := range unbroken(text) {
		width = max(width, Width(word))
	}
	return width
}

// nameOf is a column's name as it is drawn.
func (c *Column) nameOf() string {
	name := printable.Text(c.Name)
	if c.nameWidth == 0 {
		return name
	}
	return strings.Join(broken("", name, c.nameWidth), "\n")
}
