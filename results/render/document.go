package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// A document is the figures of a run, with what its flows' choices cost. It marshals
// to what `show --format json` prints.
type document struct {
	*figures.Result
	Matrix *compare.Matrix `json:"matrix,omitempty"` // if there is a baseline
}

func newDocument(r *record.Run) *document { return &document{figures.Of(r), compare.MatrixOf(r)} }

// writeTables writes res for a terminal, in lines no wider than o.Width as far
// as names allow.
func writeTables(w io.Writer, res *document, o Options) error {
	return table.Draw(w, table.Report{Head: append([]string{res.heading()}, res.targets()...), Sections: res.report()}, o.terminal())
}

// writeMarkdown writes the report as GitHub shows it in a pull request.
func writeMarkdown(w io.Writer, res *document) error {
	return table.Markdown(w, table.Report{Head: append([]string{res.heading()}, res.targets()...), Sections: res.report()})
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
