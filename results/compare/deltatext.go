package compare

import (
	"strconv"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Change is the difference as it is best told.
func (r *Row) Change() string {
	if r.DeltaPercent != nil {
		return human.SignedPercent(*r.DeltaPercent)
	}
	return r.Absolute(r.Delta)
}

func (r *Row) Absolute(v float64) string {
	if r.Measure == criteria.Share {
		if text := strconv.FormatFloat(100*v, 'f', 2, 64); text != "-0.00" && text != "0.00" {
			return human.Signed(text) + " pp"
		}
		return "0.00 pp"
	}
	return human.Signed(human.Figure(r.Measure, v))
}
