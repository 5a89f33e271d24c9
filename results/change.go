package results

import (
	"strconv"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// change is the difference as it is best told.
func (r *Row) change() string {
	if r.DeltaPercent != nil {
		return signedPercent(*r.DeltaPercent)
	}
	return r.absolute(r.Delta)
}

func (r *Row) absolute(v float64) string {
	if r.unit == criteria.Share {
		if text := strconv.FormatFloat(100*v, 'f', 2, 64); text != "-0.00" && text != "0.00" {
			return signed(text) + " pp"
		}
		return "0.00 pp"
	}
	return signed(humanFigure(r.unit, v))
}
