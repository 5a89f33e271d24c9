//go:build linux

package harness

import (
	"fmt"
	"slices"
)

// A Spread is a figure over rounds, runs or comparisons.
type Spread struct{ Median, Low, High float64 }

// Over sums figures up. There must be at least one.
func Over(figures []float64) Spread {
	sorted := slices.Sorted(slices.Values(figures))
	n := len(sorted)
	return Spread{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1]}
}

// Format prints the median and the range, with so many digits after the point.
func (s Spread) Format(digits int) string {
	return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, s.Median, digits, s.Low, digits, s.High)
}
