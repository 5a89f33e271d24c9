// Package comparisons makes comparisons of made-up runs, for tests.
package comparisons

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// Of compares two runs.
func Of(tb testing.TB, base, other madeup.Pretended, o compare.Options) *compare.Comparison {
	tb.Helper()
	c, err := compare.Compare([]*record.Run{base.Read(tb)}, []*record.Run{other.Read(tb)}, o)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// Row returns the row of a metric, which must be there.
func Row(tb testing.TB, c *compare.Comparison, flow, metric string) *compare.Row {
	tb.Helper()
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Flow == flow && r.Metric == metric {
			return r
		}
	}
	tb.Fatalf("no row %s.%s", flow, metric)
	return nil
}
