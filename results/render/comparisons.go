package render

import (
	"io"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/render/compared"
	"github.com/smtpgauge/smtpgauge/results/render/export"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// Comparisons writes a comparison: table, json, markdown, csv with a row for
// each row of the comparison, junit with a test case for each gate and each row,
// or html: a page to look at in a browser, without a network. The table and Markdown
// leave out the statistics, unless Options.All.
var Comparisons = Registry[*compare.Comparison]{"comparisons", append(
	views(func(c *compare.Comparison, o Options) table.Report { return compared.Report(c, o.All) }),
	format[*compare.Comparison]{"csv", plainly(export.ComparisonCSV)},
	format[*compare.Comparison]{"junit", func(w io.Writer, c *compare.Comparison, _ Options) error {
		return compared.JUnit(w, c)
	}},
	format[*compare.Comparison]{"html", func(w io.Writer, c *compare.Comparison, _ Options) error {
		return page.Write(w, compared.Page(c))
	}},
)}

// Noises writes a noise: as table, json or markdown.
var Noises = Registry[*compare.Noise]{"noise", views(func(n *compare.Noise, _ Options) table.Report { return compared.Noise(n) })}

// Matrices writes a matrix without the rest of its runs: as table, json or markdown.
var Matrices = Registry[*compare.Matrix]{"a matrix", views(func(m *compare.Matrix, o Options) table.Report { return compared.Matrix(m, o.All, o.terminal()) })}
