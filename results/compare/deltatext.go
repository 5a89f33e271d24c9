package compare

import (
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Change writes how far New is above Base: in per cent if that can be, and in the
// row's unit otherwise.
func (r *Row) Change() string {
	if r.DeltaPercent != nil {
		return human.SignedPercent(*r.DeltaPercent)
	}
	return r.InUnit(r.Delta).String()
}

// InUnit is a difference in the row's unit, with its sign. Shares differ by
// percentage points.
func (r *Row) InUnit(v float64) human.Quantity {
	if r.Measure == criteria.Share {
		return human.SignedPointsOf(v)
	}
	return human.FigureOf(r.Measure, v).Signed()
}
