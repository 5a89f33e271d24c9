package beside

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

// MaxTable bounds a CSV file, in octets.
const MaxTable = 64 << 20

const maxColumns = 1000

// A Table is a CSV file with a header row. It remembers on which lines its rows
// stand.
type Table struct {
	mail.Table
	lines []int // where the rows stand
	file  string
}

// ReadTable reads the text of a CSV file, at most MaxTable octets. It reports what is wrong
// with it, in the positions of that file, and then returns nil.
func ReadTable(report *tree.Report, file string, text []byte) *Table {
	t := &Table{file: file}
	r := csv.NewReader(bytes.NewReader(text))
	r.TrimLeadingSpace = true // many files have a blank after each comma
	if !t.header(report, r) || !t.body(report, r) {
		return nil
	}
	return t
}

func (t *Table) header(report *tree.Report, r *csv.Reader) bool {
	columns, err := r.Read()
	start := t.Header()
	switch {
	case err == io.EOF:
		report.Faultf(start, "the file is empty: want a CSV file with a header row that names its columns")
		return false
	case err != nil:
		at, message := tableFault(t.file, err)
		report.Faultf(at, "%s", message)
		return false
	case len(columns) == 1 && strings.ContainsAny(columns[0], ";\t"):
		separator := "semicolons"
		if strings.Contains(columns[0], "\t") {
			separator = "tabs"
		}
		report.Faultf(start, "%s stand between the columns: want commas", separator)
		return false
	}
	if len(columns) > maxColumns {
		report.Faultf(start, "the table has %d columns: %d are the most", len(columns), maxColumns)
		return false
	}
	for i, name := range columns {
		name = strings.TrimSpace(name)
		columns[i] = name
		if name == "" || slices.Contains(columns[:i], name) {
			line, column := r.FieldPos(i)
			report.Faultf(tree.Position{File: t.file, Line: line, Column: column}, "each column needs a name of its own in the header row")
		}
	}
	t.Columns = columns
	return true
}

func (t *Table) body(report *tree.Report, r *csv.Reader) bool {
	whole := true
	for {
		row, err := r.Read()
		switch {
		case err == io.EOF && len(t.Rows) == 0 && whole:
			report.Faultf(t.Header(), "the table has a header row and nothing below it")
			return false
		case err == io.EOF:
			return whole
		case errors.Is(err, csv.ErrFieldCount):
			line, _ := r.FieldPos(0)
			report.Faultf(tree.Position{File: t.file, Line: line, Column: 1}, "this row has %s, and the header row %d", cells(len(row)), len(t.Columns))
			whole = false
		case err != nil:
			at, message := tableFault(t.file, err)
			report.Faultf(at, "%s", message)
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

// At is where a row stands; the first is 0.
func (t *Table) At(row int) tree.Position {
	return tree.Position{File: t.file, Line: t.lines[row], Column: 1}
}

// Header is where the header row stands.
func (t *Table) Header() tree.Position { return tree.Position{File: t.file, Line: 1, Column: 1} }
