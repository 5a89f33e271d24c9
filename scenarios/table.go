package scenarios

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
)

const (
	maxTable = 64 << 20
	maxCell  = 10_000
)

// A table is a CSV file with a header row, which remembers where its cells
// stand.
type table struct {
	mail.Table
	lines []int // of the rows
	file  string
}

// readTable reads a CSV file. Its faults are located in that file.
func (d *decoder) readTable(at position, name string) *table {
	data, ok := d.content(at, name, maxTable)
	if !ok {
		return nil
	}
	t := &table{file: d.files.show(name)}
	start := position{t.file, 1, 1}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	columns, err := r.Read()
	if err != nil {
		d.faultf(start, "want a CSV file with a header row that names its columns")
		return nil
	}
	t.Columns = columns
	seen := map[string]bool{}
	for i, c := range columns {
		if line, column := r.FieldPos(i); c == "" || seen[c] {
			d.faultf(position{t.file, line, column}, "each column needs a name of its own in the header row")
		}
		seen[c] = true
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			d.faultf(tableFault(t.file, err))
			return nil
		}
		line, _ := r.FieldPos(0)
		t.lines = append(t.lines, line)
		t.Rows = append(t.Rows, row)
		for i, cell := range row {
			if len(cell) > maxCell {
				line, column := r.FieldPos(i)
				d.faultf(position{t.file, line, column}, "a cell of more than %d octets", maxCell)
			}
		}
	}
	if len(t.Rows) == 0 {
		d.faultf(start, "the table has a header row and nothing below it")
		return nil
	}
	return t
}

// tableFault words an error of encoding/csv, whose own text repeats nothing of
// the file.
func tableFault(file string, err error) (position, string) {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		return position{file, 1, 1}, "not CSV"
	}
	at := position{file, pe.Line, max(pe.Column, 1)}
	if errors.Is(pe.Err, csv.ErrFieldCount) {
		return at, "this row has another number of cells than the header row"
	}
	return at, "not CSV: " + pe.Err.Error()
}

// at is where a row stands.
func (t *table) at(row int) position { return position{t.file, t.lines[row], 1} }
