package page

import (
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// ColumnsOf are those of a section of a report.
func ColumnsOf(columns []table.Column) []Column {
	var list []Column
	for _, c := range columns {
		list = append(list, Column{Name: printable.Text(c.Name), Left: c.Left})
	}
	return list
}

// TableOf is a section of a report as a table of a page.
func TableOf(s *table.Section) Table {
	t := Table{Title: printable.Text(s.Title), Columns: ColumnsOf(s.Columns), Lines: cellsOf(s.Lines)}
	for _, row := range s.Rows {
		t.Rows = append(t.Rows, cellsOf(row))
	}
	return t
}

func cellsOf(cells []table.Cell) []Cell {
	var list []Cell
	for _, c := range cells {
		list = append(list, Cell{Text: printable.Text(c.Text), Bad: c.Bad})
	}
	return list
}

// Printable makes texts of others harmless.
func Printable(texts []string) []string {
	var list []string
	for _, t := range texts {
		list = append(list, printable.Text(t))
	}
	return list
}
