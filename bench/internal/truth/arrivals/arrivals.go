// Package arrivals analyses times of arrival: their rate, how late they are, and whether they are
// those of a Poisson process.
package arrivals

import (
	"math"
	"slices"
	"time"
)

// Rate returns how many arrivals a second there are between the first and the last. times are in
// nanoseconds and sorted, and there must be at least two.
func Rate[T ~int64](times []T) float64 {
	n := len(times) - 1
	return float64(n) / (float64(times[n]-times[0]) / 1e9)
}

// Lateness returns how much later than due each arrival came. It subtracts the smallest of these
// times from all, because the two clocks need not begin together. Both lists are in nanoseconds,
// sorted, and of the same length.
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

// InTurn returns when arrivals begin that are never late, except that they begin one after the
// other, and each takes a time to begin.
func InTurn(due []time.Duration, each time.Duration) []time.Duration {
	begun := slices.Clone(due)
	for i := 1; i < len(begun); i++ {
		begun[i] = max(begun[i], begun[i-1]+each)
	}
	return begun
}

// Closest returns the gap between sorted times that one gap in a thousand is below. There must be
// at least two times.
func Closest[T ~int64](times []T) time.Duration {
	gaps := make([]time.Duration, len(times)-1)
	for i := range gaps {
		gaps[i] = time.Duration(times[i+1] - times[i])
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/1000]
}

// Poisson compares the gaps between sorted times with the exponential distribution of a Poisson
// process of that rate, by the test of Kolmogorov and Smirnov. It returns the test's statistic,
// which is the largest distance between the two distributions, and the probability of such a
// distance or a larger one by chance. There must be at least two times.
func Poisson[T ~int64](times []T, rate float64) (distance, probability float64) {
	gaps := make([]float64, len(times)-1)
	for i := range gaps {
		gaps[i] = float64(times[i+1]-times[i]) / 1e9
	}
	return fit(gaps, func(x float64) float64 { return 1 - math.Exp(-rate*x) })
}

// Spread compares sorted times with the uniform distribution between the first and the last, which
// the times of a Poisson process have if their number is given. It tests the times on a large
// scale. Poisson tests them on a small scale, where a jitter of some microseconds shows first.
func Spread[T ~int64](times []T) (distance, probability float64) {
	first, last := times[0], times[len(times)-1]
	inner := make([]float64, 0, len(times))
	for _, t := range times[1 : len(times)-1] {
		inner = append(inner, float64(t-first)/float64(last-first))
	}
	return fit(inner, func(x float64) float64 { return x })
}

// fit is the test of Kolmogorov and Smirnov for one sample. It sorts the sample in place.
func fit(sample []float64, distribution func(float64) float64) (distance, probability float64) {
	slices.Sort(sample)
	n := float64(len(sample))
	for i, x := range sample {
		f := distribution(x)
		distance = max(distance, f-float64(i)/n, float64(i+1)/n-f)
	}
	return distance, byChance(distance, n)
}

// byChance returns the probability of such a distance or a larger one, by the asymptotic series
// with Stephens' correction for finite n (Stephens 1970).
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
