// Package drift tells whether a figure changed steadily over a long run, and how much an
// hour: a server that leaks, or one that gets slower.
//
// The run is cut into blocks of equal length, each with one value. The slope is the median
// of those between all pairs of blocks (Theil 1950), so that a burst, which makes a few
// blocks outliers, moves it little. Its interval leaves out the slopes that Kendall's test
// of the remaining trend would refuse (Sen 1968). That test takes the blocks for
// independent, and a server's are not: a slow minute follows a slow minute, and memory that
// was not freed is still there. So the variance of the test's statistic is made larger by
// how much each block's residual says of the next (Hamed and Rao 1998, with the correlation
// of an autoregressive process of the first order), and the correlation is corrected for
// what few blocks and the fitted line hide of it.
//
// The interval is for 95 %: of steady servers, at most one in twenty has one without zero. In
// simulations (TestCoverage) that holds as long as neighbouring blocks are correlated by less
// than 0.4. With 0.6 it is one in 16, and with 0.8 one in 13; but then mostly no slope can be
// told at all.
package drift

import (
	"math"
	"slices"
)

// Least is the fewest points that a slope is told from.
const Least = 12

// A Point is the value of a block, and the time of its middle in hours.
type Point struct{ Hours, Value float64 }

// A Slope is how much a value changes an hour, with the interval that has the true change in
// at least 95 % of runs; and the value that the line has at a time of 0.
type Slope struct{ PerHour, Low, High, Level float64 }

// Of fits a slope. It is false if there are fewer than Least points, or if they say so
// little that no slope can be left out.
func Of(points []Point) (Slope, bool) {
	if len(points) < Least {
		return Slope{}, false
	}
	var slopes []float64
	for i, p := range points {
		for _, q := range points[i+1:] {
			if q.Hours != p.Hours {
				slopes = append(slopes, (q.Value-p.Value)/(q.Hours-p.Hours))
			}
		}
	}
	if len(slopes) == 0 {
		return Slope{}, false
	}
	slices.Sort(slopes)
	s := Slope{PerHour: median(slopes)}
	residuals := make([]float64, len(points))
	for i, p := range points {
		residuals[i] = p.Value - s.PerHour*p.Hours
	}
	s.Level = median(slices.Sorted(slices.Values(residuals)))
	half := spread(points, residuals)
	low := int(math.Floor((float64(len(slopes)) - half) / 2))
	high := int(math.Ceil((float64(len(slopes)) + half) / 2))
	if low < 1 || high >= len(slopes) {
		return s, false
	}
	s.Low, s.High = slopes[low-1], slopes[high]
	return s, true
}

// spread is how far Kendall's statistic may be from zero by chance: how many more pairs of
// points rise than fall, or fewer, in 95 % of series without a trend.
func spread(points []Point, residuals []float64) float64 {
	n := float64(len(points))
	variance := n * (n - 1) * (2*n + 5)
	for _, t := range ties(points) {
		variance -= t * (t - 1) * (2*t + 5)
	}
	more := inflation(residuals)
	return quantile(max(2, n/more-2)) * math.Sqrt(max(0, variance/18)*more)
}

// ties are how many points have the same value, for each value.
func ties(points []Point) []float64 {
	count := map[float64]float64{}
	for _, p := range points {
		count[p.Value]++
	}
	var list []float64
	for _, n := range count {
		list = append(list, n)
	}
	return list
}

// mostCorrelation is where the estimated correlation of neighbours ends: with more of it
// there are too few independent points for any slope.
const mostCorrelation = 0.9

// inflation is by how much the variance of a sum of n values is larger than that of
// independent ones.
func inflation(residuals []float64) float64 {
	ranks := ranked(residuals)
	n := float64(len(ranks))
	mean := (n + 1) / 2
	var above, below float64
	for i, r := range ranks {
		below += (r - mean) * (r - mean)
		if i > 0 {
			above += (r - mean) * (ranks[i-1] - mean)
		}
	}
	if below == 0 {
		return 1
	}
	// A mean and a slope that were fitted to the same values hide a part of their
	// correlation: about 2/n, and 4/n of it (Kendall 1954, Marriott and Pope 1954). 3/n is a
	// little more, as the estimate is a chance value itself.
	r := min(mostCorrelation, (above/below+3/n)/(1-4/n))
	return max(1, (1+r)/(1-r))
}

// ranked are the ranks of values, from 1; equal ones have the mean of theirs.
func ranked(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case values[a] < values[b]:
			return -1
		case values[a] > values[b]:
			return 1
		}
		return a - b
	})
	ranks := make([]float64, len(values))
	for i := 0; i < len(order); {
		k := i
		for k < len(order) && values[order[k]] == values[order[i]] {
			k++
		}
		for _, at := range order[i:k] {
			ranks[at] = float64(i+k+1) / 2
		}
		i = k
	}
	return ranks
}

// quantile is the 97.5 % quantile of Student's t with so many degrees of freedom, by the
// expansion of Cornish and Fisher (1938).
func quantile(freedom float64) float64 {
	const z = 1.959964
	return z + (z*z*z+z)/(4*freedom) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*freedom*freedom)
}

// median is of values in ascending order.
func median(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
