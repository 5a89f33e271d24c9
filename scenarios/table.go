package scenarios

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

const (
	maxTable   = 64 << 20
	maxColumns = 1000
)

// A table is a CSV file with a header row. It remembers on which lines its rows
// stand.
type table struct {
	mail.Table
	lines []int // where the rows stand
	file  string
}

// readTable reads a CSV file. The positions of its faults are in that file.
func (d *decoder) readTable(at tree.Position, name string) *table {
	shown := d.shownName(at, name)
	if t := d.tables[shown]; t != nil {
		return t
	}
	text, ok := d.text(at, name, maxTable)
	if !ok {
		return nil
	}
	t := &table{file: shown}
	if at, message := tree.Unreadable(t.file, text, "want a CSV file, which is text"); message != "" {
		d.Faultf(at, "%s", message)
		return nil
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.TrimLeadingSpace = true // many files have a blank after each comma
	if !t.header(d, r) || !t.body(d, r) {
		return nil
	}
	d.tables[shown] = t
	return t
}

func (t *table) header(d *decoder, r *csv.Reader) bool {
	columns, err := r.Read()
	start := tree.Position{File: t.file, Line: 1, Column: 1}
	switch {
	case err == io.EOF:
		d.Faultf(start, "the file is empty: want a CSV file with a header row that names its columns")
		return false
	case err != nil:
		at, message := tableFault(t.file, err)
		d.Faultf(at, "%s", message)
		return false
	case len(columns) == 1 && strings.ContainsAny(columns[0], ";\t"):
		separator := "semicolons"
		if strings.Contains(columns[0], "\t") {
			separator = "tabs"
		}
		d.Faultf(start, "%s stand between the columns: want commas", separator)
		return false
	}
	if len(columns) > maxColumns {
		d.Faultf(start, "the table has %d columns: %d are the most", len(columns), maxColumns)
		return false
	}
	for i, name := range columns {
		name = strings.TrimSpace(name)
		columns[i] = name
		if name == "" || slices.Contains(columns[:i], name) {
			line, column := r.FieldPos(i)
			d.Faultf(tree.Position{File: t.file, Line: line, Column: column}, "each column needs a name of its own in the header row")
		}
	}
	t.Columns = columns
	return true
}

func (t *table) body(d *decoder, r *csv.Reader) bool {
	whole := true
	for {
		row, err := r.Read()
		switch {
		case err == io.EOF && len(t.Rows) == 0 && whole:
			d.Faultf(tree.Position{File: t.file, Line: 1, Column: 1}, "the table has a header row and nothing below it")
			return false
		case err == io.EOF:
			return whole
		case errors.Is(err, csv.ErrFieldCount):
			line, _ := r.FieldPos(0)
			d.Faultf(tree.Position{File: t.file, Line: line, Column: 1}, "this row has %s, and the header row %d", cells(len(row)), len(t.Columns))
			whole = false
		case err != nil:
			at, message := tableFault(t.file, err)
			d.Faultf(at, "%s", message)
			return false
		default:
			line, _ := r.FieldPos(0)
			t.lines = append(t.lines, line)
			t.Rows = append(t.Rows, row)
		}
	}
}

func cells(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return strconv.Itoa(n) + " cells"
}

// tableFault returns the position and the message of an error of encoding/csv. Its
// text repeats nothing of the file, so it may be shown.
func tableFault(file string, err error) (tree.Position, string) {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		return tree.Position{File: file, Line: 1, Column: 1}, "not CSV"
	}
	return tree.Position{File: file, Line: pe.Line, Column: max(pe.Column, 1)}, "not CSV: " + pe.Err.Error()
}

// at is where a row stands.
func (t *table) at(row int) tree.Position {
	return tree.Position{File: t.file, Line: t.lines[row], Column: 1}
}
