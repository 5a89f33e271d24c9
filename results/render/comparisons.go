package render

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// Comparisons writes a comparison: table, json, markdown, csv with a row for
// each row of the comparison, junit with a test case for each gate and each row,
// or html: a page to look at in a browser, without a network. The table and Markdown
// leave out the statistics, unless Options.All.
var Comparisons = Registry[*compare.Comparison]{"comparisons", append(
	views(func(c *compare.Comparison, o Options) table.Report { return comparison{c}.report(o) }),
	format[*compare.Comparison]{"csv", plainly(writeComparisonCSV)},
	format[*compare.Comparison]{"junit", func(w io.Writer, c *compare.Comparison, _ Options) error {
		return writeComparisonJUnit(w, comparison{c})
	}},
	format[*compare.Comparison]{"html", func(w io.Writer, c *compare.Comparison, _ Options) error {
		return page.Write(w, comparison{c}.page())
	}},
)}

// A comparison is one to be shown.
type comparison struct{ *compare.Comparison }

func writeComparisonCSV(w io.Writer, c *compare.Comparison) error {
	out := csv.NewWriter(w)
	err := out.Write([]string{
		"flow", "metric", "unit", "base", "new", "delta", "delta_percent", "low_percent", "high_percent", "interval_of",
		"p_value", "p_unadjusted", "verdict", "base_rounds", "new_rounds", "resolvable_percent", "rounds_needed",
	})
	number := func(v *float64) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'g', -1, 64)
	}
	for i := range c.Rows {
		if err != nil {
			return err
		}
		r := &c.Rows[i]
		var low, high *float64
		if p := r.IntervalPercent; p != nil {
			low, high = &p[0], &p[1]
		}
		err = out.Write([]string{
			csvText(r.Flow), r.Metric, r.Unit, number(&r.Base), number(&r.New), number(&r.Delta), number(r.DeltaPercent),
			number(low), number(high), r.IntervalOf, number(r.P), number(r.PUnadjusted), string(r.Verdict),
			strconv.Itoa(r.BaseRounds), strconv.Itoa(r.NewRounds), number(r.ResolvablePercent), strconv.Itoa(r.RoundsNeeded),
		})
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}
