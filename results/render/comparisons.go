package render

import (
	"io"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/render/export"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// Comparisons writes a comparison: table, json, markdown, csv with a row for
// each row of the comparison, junit with a test case for each gate and each row,
// or html: a page to look at in a browser, without a network. The table and Markdown
// leave out the statistics, unless Options.All.
var Comparisons = Registry[*compare.Comparison]{"comparisons", append(
	views(func(c *compare.Comparison, o Options) table.Report { return comparison{c}.report(o) }),
	format[*compare.Comparison]{"csv", plainly(export.ComparisonCSV)},
	format[*compare.Comparison]{"junit", func(w io.Writer, c *compare.Comparison, _ Options) error {
		return writeComparisonJUnit(w, comparison{c})
	}},
	format[*compare.Comparison]{"html", func(w io.Writer, c *compare.Comparison, _ Options) error {
		return page.Write(w, comparison{c}.page())
	}},
)}

// A comparison is one to be shown.
type comparison struct{ *compare.Comparison }
