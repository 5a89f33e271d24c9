//go:build linux

package main

import "math"

// A rate is how many of a number of outcomes were of one kind.
type rate struct{ count, of int }

// interval returns an interval that has the true rate in it with at least 95 % confidence
// (Clopper and Pearson 1934). It leaves out each rate under which a count so high, or so
// low, has a chance of less than 2.5 %.
func (r rate) interval() (low, high float64) {
	const tail = 0.025
	if r.of == 0 {
		return 0, 1
	}
	high = 1
	if r.count > 0 {
		low = crossing(func(p float64) bool { return 1-binomial(r.count-1, r.of, p) >= tail })
	}
	if r.count < r.of {
		high = crossing(func(p float64) bool { return binomial(r.count, r.of, p) <= tail })
	}
	return low, high
}

// crossing returns the point between 0 and 1 from which on a condition holds.
func crossing(holds func(p float64) bool) float64 {
	low, high := 0.0, 1.0
	for range 50 {
		if middle := (low + high) / 2; holds(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// binomial returns the chance of k or fewer of n, if each has the chance p, which is neither
// 0 nor 1.
func binomial(k, n int, p float64) float64 {
	all, _ := math.Lgamma(float64(n) + 1)
	sum := 0.0
	for i := range k + 1 {
		with, _ := math.Lgamma(float64(i) + 1)
		without, _ := math.Lgamma(float64(n-i) + 1)
		sum += math.Exp(all - with - without + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}
