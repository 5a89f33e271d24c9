package export

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/smtpgauge/smtpgauge/results/compare"
)

// ComparisonCSV writes a row for each row of a comparison. What a row does not have is an
// empty cell.
func ComparisonCSV(w io.Writer, c *compare.Comparison) error {
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
