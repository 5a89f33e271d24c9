// Package arrivals judges when things arrived: at what rate, how late, and
// whether they came like a Poisson process.
package arrivals

import (
	"math"
	"slices"
	"time"
)

// Rate is how many came a second between the first and the last. times are in
// nanoseconds and sorted; there have to be two at least.
func Rate[T ~int64](times []T) float64 {
	n := len(times) - 1
	return float64(n) / (float64(times[n]-times[0]) / 1e9)
}

// Lateness is how much later each came than it was due, beyond what the least
// late did: the clocks of both need not begin together. Both are in
// nanoseconds, sorted, and as long.
func Lateness[T ~int64](times []T, due []time.Duration) []time.Duration {
	late := make([]time.Duration, len(times))
	for i, t := range times {
		late[i] = time.Duration(t) - due[i]
	}
	least := slices.Min(late)
	for i := range late {
		late[i] -= least
	}
	return late
}

// InTurn is when things due would come if nothing but one were late: whoever
// begins them does so one after the other, and each takes so long.
func InTurn(due []time.Duration, each time.Duration) []time.Duration {
	begun := slices.Clone(due)
	for i := 1; i < len(begun); i++ {
		begun[i] = max(begun[i], begun[i-1]+each)
	}
	return begun
}

// Closest is the gap between sorted times that one in a thousand is below.
// There have to be two times at least.
func Closest[T ~int64](times []T) time.Duration {
	gaps := make([]time.Duration, len(times)-1)
	for i := range gaps {
		gaps[i] = time.Duration(times[i+1] - times[i])
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/1000]
}

// Poisson holds the gaps between sorted times against the exponential
// distribution of a Poisson process with so many arrivals a second, by the
// test of Kolmogorov and Smirnov. It returns the test's statistic, the largest
// distance between both distributions, and the probability that one at least
// as large comes by chance. There have to be two times at least.
func Poisson[T ~int64](times []T, rate float64) (distance, probability float64) {
	gaps := make([]float64, len(times)-1)
	for i := range gaps {
		gaps[i] = float64(times[i+1]-times[i]) / 1e9
	}
	return fit(gaps, func(x float64) float64 { return 1 - math.Exp(-rate*x) })
}

// Spread holds sorted times against the uniform distribution between the first
// and the last: given their number, that is how those of a Poisson process
// fall. It looks at the large picture, Poisson at the small one, which a
// generator's jitter of some microseconds spoils first.
func Spread[T ~int64](times []T) (distance, probability float64) {
	first, last := times[0], times[len(times)-1]
	inner := make([]float64, 0, len(times))
	for _, t := range times[1 : len(times)-1] {
		inner = append(inner, float64(t-first)/float64(last-first))
	}
	return fit(inner, func(x float64) float64 { return x })
}

// fit is the one-sample test of Kolmogorov and Smirnov. It sorts the sample in
// place.
func fit(sample []float64, distribution func(float64) float64) (distance, probability float64) {
	slices.Sort(sample)
	n := float64(len(sample))
	for i, x := range sample {
		f := distribution(x)
		distance = max(distance, f-float64(i)/n, float64(i+1)/n-f)
	}
	return distance, byChance(distance, n)
}

// byChance is the probability of such a distance or a larger one, by the
// asymptotic series with Stephens' correction for finite n (Stephens 1970).
func byChance(distance, n float64) float64 {
	root := math.Sqrt(n)
	lambda := (root + .12 + .11/root) * distance
	if lambda < .2 { // the series converges slowly there, and is 1 to 12 digits
		return 1
	}
	sum, sign := 0.0, 2.0
	for k := 1.0; k <= 100; k++ {
		term := math.Exp(-2 * k * k * lambda * lambda)
		sum += sign * term
		if term < 1e-12 {
			break
		}
		sign = -sign
	}
	return min(max(sum, 0), 1)
}
