package stats

import (
	"math"
	"slices"
	"sync"
)

// An Estimate is a difference between sides.
type Estimate struct {
	Value float64
	ConfidenceInterval
}

// Shift is how far other is above base, in their unit: the median of all
// differences between a value of the one and a value of the other
// (Hodges and Lehmann 1963), and its distribution-free interval at level
// 1-alpha (Moses 1965). Neither side may be empty.
func Shift(base, other []float64, alpha float64) Estimate {
	differences := make([]float64, 0, len(base)*len(other))
	for _, b := range base {
		for _, o := range other {
			differences = append(differences, o-b)
		}
	}
	slices.Sort(differences)
	e := Estimate{Value: medianOf(differences), ConfidenceInterval: ConfidenceInterval{math.Inf(-1), math.Inf(1)}}
	if k := mosesOrder(len(base), len(other), alpha); k > 0 {
		e.Low, e.High = differences[k-1], differences[len(differences)-k]
	}
	return e
}

// Ratio is Shift in relative terms: 0.05 where other is 5 % above base. It is
// taken over logarithms, so that the interval is as exact as that of a
// difference and does not depend on which value of base is the hundred per
// cent. It is false if a value is not positive.
func Ratio(base, other []float64, alpha float64) (Estimate, bool) {
	b, okBase := logarithms(base)
	o, okOther := logarithms(other)
	if !okBase || !okOther {
		return Estimate{}, false
	}
	e := Shift(b, o, alpha)
	// Expm1 of minus infinity would be -1, and is no bound.
	if e.Finite() {
		e.Low, e.High = math.Expm1(e.Low), math.Expm1(e.High)
	}
	e.Value = math.Expm1(e.Value)
	return e, true
}

func logarithms(values []float64) ([]float64, bool) {
	logs := make([]float64, len(values))
	for i, v := range values {
		if v <= 0 {
			return nil, false
		}
		logs[i] = math.Log(v)
	}
	return logs, len(values) > 0
}

// medianOf is the median of sorted values.
func medianOf(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return sorted[n/2-1] + (sorted[n/2]-sorted[n/2-1])/2
}

// mosesOrder is which of the sorted differences, counted from 1 and from both
// ends, bound the shift at level 1-alpha; 0 if there are too few.
func mosesOrder(n1, n2 int, alpha float64) int {
	if n1*n2 > exactLimit {
		sigma := math.Sqrt(float64(n1*n2) * float64(n1+n2+1) / 12)
		// The half is the correction for continuity.
		return max(0, int(math.Floor(float64(n1*n2)/2+0.5-normalQuantile(1-alpha/2)*sigma)))
	}
	k := 0
	for _, p := range uTail(n1, n2) {
		if 2*p > alpha*(1+rounding) {
			break
		}
		k++
	}
	return k
}

// exactLimit is up to which product of sizes the distribution of U is worked
// out; beyond, the normal approximation serves. benchmath does the same.
const exactLimit = 50 * 50

type sizes struct{ n1, n2 int }

var uTails sync.Map // of uTail by sizes

// uTail returns the lower half of the distribution of U without ties:
// P(U <= u) for u from 0.
func uTail(n1, n2 int) []float64 {
	if known, ok := uTails.Load(sizes{n1, n2}); ok {
		return known.([]float64)
	}
	half := n1*n2/2 + 1
	// In rows[j] is the chance of each U for i values on one side and j on the
	// other. The largest of all is on the first side with chance i/(i+j), and
	// then exceeds all j.
	rows := make([][]float64, n2+1)
	for j := range rows {
		rows[j] = make([]float64, half)
		rows[j][0] = 1
	}
	for i := 1; i <= n1; i++ {
		for j := 1; j <= n2; j++ { // rows[j-1] is of i, rows[j] still of i-1
			first := float64(i) / float64(i+j)
			for u := half - 1; u >= 0; u-- {
				p := (1 - first) * rows[j-1][u]
				if u >= j {
					p += first * rows[j][u-j]
				}
				rows[j][u] = p
			}
		}
	}
	tail, sum := rows[n2], 0.0
	for u := range tail {
		sum += tail[u]
		tail[u] = sum
	}
	uTails.Store(sizes{n1, n2}, tail)
	return tail
}

// normalQuantile is the p-quantile of the standard normal distribution.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// studentQuantile is the p-quantile of Student's distribution with five degrees
// of freedom or more, by the expansion of Fisher and Cornish (1960).
func studentQuantile(p, freedom float64) float64 {
	z := normalQuantile(p)
	z3, z5, z7 := math.Pow(z, 3), math.Pow(z, 5), math.Pow(z, 7)
	return z + (z3+z)/4/freedom + (5*z5+16*z3+3*z)/96/(freedom*freedom) +
		(3*z7+19*z5+17*z3-15*z)/384/math.Pow(freedom, 3)
}
