package scenarios

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
)

const (
	maxTable   = 64 << 20
	maxColumns = 1000
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
	if t := d.tables[name]; t != nil {
		return t
	}
	data, ok := d.content(at, name, maxTable)
	if !ok {
		return nil
	}
	t := &table{file: d.files.show(name)}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if !t.header(d, r) || !t.body(d, r) {
		return nil
	}
	d.tables[name] = t
	return t
}

func (t *table) header(d *decoder, r *csv.Reader) bool {
	columns, err := r.Read()
	if err != nil {
		d.faultf(position{t.file, 1, 1}, "want a CSV file with a header row that names its columns")
		return false
	}
	if len(columns) > maxColumns {
		d.faultf(position{t.file, 1, 1}, "the table has %d columns: %d are the most", len(columns), maxColumns)
		return false
	}
	for i, name := range columns {
		if name == "" || slices.Contains(columns[:i], name) {
			line, column := r.FieldPos(i)
			d.faultf(position{t.file, line, column}, "each column needs a name of its own in the header row")
		}
	}
	t.Columns = columns
	return true
}

func (t *table) body(d *decoder, r *csv.Reader) bool {
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			at, message := tableFault(t.file, err)
			d.faultf(at, "%s", message)
			return false
		}
		line, _ := r.FieldPos(0)
		t.lines = append(t.lines, line)
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		d.faultf(position{t.file, 1, 1}, "the table has a header row and nothing below it")
		return false
	}
	return true
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
