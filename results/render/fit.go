package render

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// fit returns s in as many tables as it takes to keep within a width. A table
// whose first column and one other are too wide stays so.
func (s section) fit(width int) []section {
	if s.width() <= width {
		return []section{s}
	}
	if clipped, ok := s.clipped(width); ok {
		return []section{clipped}
	}
	var parts []section
	if s.each {
		parts = s.byFirstColumn()
	} else if parts = s.apart(); len(parts) == 1 {
		if parts = s.anywhere(width); len(parts) == 1 {
			return []section{s}
		}
	}
	parts[len(parts)-1].lines = s.lines // below the last
	var fitting []section
	for _, p := range parts {
		fitting = append(fitting, p.fit(width)...)
	}
	return fitting
}

// width is that of the whole table.
func (s section) width() int {
	sum := 0
	for i := range s.columns {
		sum += s.columnWidth(i) + len(gap)
	}
	return max(0, sum-len(gap))
}

func (s section) columnWidth(i int) int {
	width := textWidth(printable.Text(s.columns[i].name))
	for _, row := range s.rows {
		width = max(width, textWidth(printable.Text(row[i].text)))
	}
	return width
}

// clipped cuts the cells of a column that may be cut. It is false where that
// would leave less of them than is useful.
func (s section) clipped(width int) (section, bool) {
	i := slices.IndexFunc(s.columns, func(c column) bool { return c.clip > 0 })
	if i < 0 {
		return s, false
	}
	room := width - (s.width() - s.columnWidth(i))
	if room < s.columns[i].clip {
		return s, false
	}
	rows := make([][]cell, len(s.rows))
	for n, row := range s.rows {
		rows[n] = slices.Clone(row)
		rows[n][i].text = clipText(printable.Text(row[i].text), room)
	}
	s.rows = rows
	return s, true
}

// byFirstColumn makes a table for each value of the first column, which goes
// into the title.
func (s section) byFirstColumn() []section {
	var parts []section
	for from := 0; from < len(s.rows); {
		to, name := from, s.rows[from][0].text
		for to < len(s.rows) && s.rows[to][0].text == name {
			to++
		}
		part := section{title: s.title + " of " + name, columns: s.columns[1:]}
		for _, row := range s.rows[from:to] {
			part.rows = append(part.rows, row[1:])
		}
		parts = append(parts, part)
		from = to
	}
	return parts
}

// apart cuts the table where its columns say so.
func (s section) apart() []section {
	var parts []section
	from, title := 1, s.title
	for i, c := range s.columns {
		if c.apart != "" {
			parts = append(parts, s.part(title, from, i))
			from, title = i, c.apart
		}
	}
	return append(parts, s.part(title, from, len(s.columns)))
}

// anywhere cuts the table after as many columns as there is room for.
func (s section) anywhere(width int) []section {
	var parts []section
	from, title, used := 1, s.title, s.columnWidth(0)
	for i := 1; i < len(s.columns); i++ {
		w := len(gap) + s.columnWidth(i)
		if used+w > width && i > from {
			parts = append(parts, s.part(title, from, i))
			from, title, used = i, s.title+", continued", s.columnWidth(0)
		}
		used += w
	}
	return append(parts, s.part(title, from, len(s.columns)))
}

// part has the first column, and those in [from, to).
func (s section) part(title string, from, to int) section {
	p := section{title: title, columns: append(s.columns[:1:1], s.columns[from:to]...)}
	for i := range p.columns {
		p.columns[i].apart = ""
	}
	for _, row := range s.rows {
		p.rows = append(p.rows, append(row[:1:1], row[from:to]...))
	}
	return p
}
