package human

import (
	"math"
	"strconv"
)

// Share writes a share (0 to 1) as a percentage: "2.76 %".
func Share(v float64) string { return shareOf(v).String() }

func shareOf(v float64) Quantity {
	switch p := 100 * v; {
	case p == 0:
		return Quantity{"0", "%"}
	case math.Abs(p) < 0.001:
		return Quantity{"<0.001", "%"}
	case math.Abs(p) < 1:
		return Quantity{strconv.FormatFloat(p, 'f', 3, 64), "%"}
	default:
		return Quantity{Rate(p), "%"}
	}
}

// Percent writes a change that is in per cent already, with one decimal below a
// hundred: "2.0 %", "6,329 %".
func Percent(v float64) string { return PercentOf(v).String() }

// PercentOf is a change in per cent as Percent writes it.
func PercentOf(v float64) Quantity {
	if v = roundedTo(1, v); math.Abs(v) >= 100 {
		return Quantity{thousands(strconv.FormatFloat(v, 'f', 0, 64)), "%"}
	}
	return Quantity{strconv.FormatFloat(v, 'f', 1, 64), "%"}
}

// SignedPercent writes a change in per cent with its sign: "+2.0 %". No change has
// none.
func SignedPercent(v float64) string { return SignedPercentOf(v).String() }

// SignedPercentOf is a change in per cent as SignedPercent writes it.
func SignedPercentOf(v float64) Quantity { return PercentOf(v).signedAs(roundedTo(1, v)) }

// TickPercent writes the name of a place on a scale of changes in per cent: as
// SignedPercent, but a whole number has no decimals: "+50 %".
func TickPercent(v float64) string {
	if v != math.Trunc(v) {
		return SignedPercent(v)
	}
	return Quantity{Count(int64(v)), "%"}.signedAs(v).String()
}

// SignedPointsOf is a difference of shares (0 to 1) in percentage points.
func SignedPointsOf(v float64) Quantity {
	v = roundedTo(2, 100*v)
	return Quantity{strconv.FormatFloat(v, 'f', 2, 64), "pp"}.signedAs(v)
}

// roundedTo rounds to so many decimals. Zero has no minus.
func roundedTo(decimals int, v float64) float64 {
	scale := math.Pow10(decimals)
	return math.Round(v*scale)/scale + 0
}

// signedAs signs the quantity that v is, unless that is zero.
func (q Quantity) signedAs(v float64) Quantity {
	if v == 0 {
		return q
	}
	return q.Signed()
}
