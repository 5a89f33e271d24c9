package stats

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// A Summary is the median of a side, with its interval.
type Summary struct {
	Median float64
	ConfidenceInterval
}

// A ConfidenceInterval is where a figure lies at the confidence asked for. Its ends
// are infinite if there are too few values for an interval.
type ConfidenceInterval struct{ Low, High float64 }

// Finite tells whether there is an interval at all.
func (i ConfidenceInterval) Finite() bool { return !math.IsInf(i.Low, 0) && !math.IsInf(i.High, 0) }

// Contains tells whether v is within the interval.
func (i ConfidenceInterval) Contains(v float64) bool { return i.Low <= v && v <= i.High }

// Summarize returns the median of values, one at least, with its
// distribution-free interval at level 1-alpha.
func Summarize(values []float64, alpha float64) Summary {
	s := benchmath.AssumeNothing.Summary(sample(values, alpha), 1-alpha)
	return Summary{s.Center, ConfidenceInterval{s.Lo, s.Hi}}
}

// Test returns the two-sided p-value of the Mann-Whitney U test: how likely it
// is to find the sides so far apart or farther if they are alike. It is 1 if all
// values are equal or a side is empty.
func Test(base, other []float64) float64 {
	// benchmath looks the smaller U up in the distribution of its first sample's.
	// With ties and sides of different sizes that is lopsided, and the answer
	// right only if the smaller U is the first sample's.
	if above(base, other) > above(other, base) {
		base, other = other, base
	}
	// The comparison warns of too few samples, which MinP says exactly.
	p := benchmath.AssumeNothing.Compare(sample(base, 0.05), sample(other, 0.05)).P
	return min(1, p) // doubling a tail that holds the middle exceeds 1
}

// above counts the pairs of which the value of a is above that of b.
func above(a, b []float64) int {
	n := 0
	for _, v := range a {
		for _, w := range b {
			if v > w {
				n++
			}
		}
	}
	return n
}

// sample hands values to benchmath, which sorts them in place.
func sample(values []float64, alpha float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &benchmath.Thresholds{CompareAlpha: alpha})
}

// MinP is the smallest p-value that Test can come to with so many values a
// side: all of one side below all of the other.
func MinP(n1, n2 int) float64 {
	if n1 < 1 || n2 < 1 {
		return 1
	}
	// 2 / C(n1+n2, n1), by logarithms since it soon is beyond any integer.
	total, _ := math.Lgamma(float64(n1+n2) + 1)
	first, _ := math.Lgamma(float64(n1) + 1)
	second, _ := math.Lgamma(float64(n2) + 1)
	return min(1, 2*math.Exp(first+second-total))
}

// maxRounds ends searches for a number of rounds.
const maxRounds = 1000

// RoundsNeeded is how many rounds a side it takes before any of so many tested
// metrics can be significant at alpha under Holm's correction, however far the
// sides are apart.
func RoundsNeeded(alpha float64, tests int) int {
	for n := 1; n < maxRounds; n++ {
		if MinP(n, n)*float64(max(1, tests)) <= alpha*(1+rounding) {
			return n
		}
	}
	return maxRounds
}

// rounding is the error that comparisons of p-values allow for: the last digits of
// 2/C(10,5) are those of the logarithm.
const rounding = 1e-9

// Holm adjusts p-values for their number, and returns them in the same order. An
// adjusted one of at most alpha is significant, and the chance of any false alarm
// among those is at most alpha, however the metrics depend on each other.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, p[i]*float64(len(p)-rank)))
		adjusted[i] = highest
	}
	return adjusted
}
