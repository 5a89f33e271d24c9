package render

import (
	"io"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// views are the formats that every thing has that people read as a report.
func views[T compare.Comparison | compare.Noise | compare.Matrix](report func(*T, Options) table.Report) []format[*T] {
	return []format[*T]{
		{"table", func(w io.Writer, thing *T, o Options) error {
			return table.Draw(w, report(thing, o), o.terminal())
		}},
		{"json", plainly(writeJSON[T])},
		{"markdown", func(w io.Writer, thing *T, o Options) error {
			return table.Markdown(w, report(thing, o))
		}},
	}
}
