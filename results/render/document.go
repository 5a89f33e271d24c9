package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// A document is the figures of a run, with what its flows' choices cost. It marshals
// to what `show --format json` prints.
type document struct {
	*figures.Result
	Matrix *compare.Matrix `json:"matrix,omitempty"` // if there is a baseline

	source string   // the run's file; "" if there is no single one
	merged []string // the files it was merged from
	part   string   // of what it is a part; "" if it is whole
}

func newDocument(r *record.Run) *document {
	res := &document{Result: figures.Of(r), Matrix: compare.MatrixOf(r), source: r.Source, merged: r.Merged}
	if a := r.Header.Agent; a != nil && len(r.Agents) == 0 {
		res.part = fmt.Sprintf("part of agent %s, %d of %d", a.Name, a.Number, a.Of)
	}
	return res
}

// writeTables writes res for a terminal, in lines no wider than o.Width as far
// as names allow.
func writeTables(w io.Writer, res *document, o Options) error {
	return table.Draw(w, res.view(o), o.terminal())
}

// writeMarkdown writes res as GitHub shows it in a pull request. That is no terminal, so
// the errors are a table there, whose columns people sort and copy.
func writeMarkdown(w io.Writer, res *document, o Options) error {
	r := res.view(o)
	for i := range r.Sections {
		if s := &r.Sections[i]; s.ID == errorsID {
			*s = res.errorSection()
			if left := len(s.Rows) - screen.MostEntries; left > 0 && !o.All {
				s.Rows = s.Rows[:screen.MostEntries:screen.MostEntries]
				s.Say("and " + human.CountOf(int64(left), "more kind") + ": --all")
			}
		}
	}
	r.More = "" // whoever reads it need not have the file
	return table.Markdown(w, r)
}

// view is a run for people: in one screen, or all of it.
func (res *document) view(o Options) table.Report {
	if !o.All {
		return res.screen(o)
	}
	r := res.frame()
	r.Sections = res.report()
	return r
}

// writeJSON writes JSON, indented. What is not printable is escaped as JSON does, so
// that nothing is lost.
func writeJSON[T document | compare.Comparison | compare.Noise | compare.Matrix](w io.Writer, res *T) error {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false) // thresholds have < and > in them
	e.SetIndent("", "  ")
	if err := e.Encode(res); err != nil {
		return fmt.Errorf("writing the result as JSON: %w", err)
	}
	_, err := io.WriteString(w, printable.JSON(plain.String()))
	return err
}
