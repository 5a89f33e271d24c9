// Package pace says when arrivals are due. It has no clock and never sleeps:
// an arrival time is a pure function of the schedule, the seed and the
// arrival's number.
package pace

import "time"

// A Rate is a number of arrivals a second.
type Rate float64

// A Stage is a stretch of the load in which the rate goes from From to To in a
// straight line; the two are equal where it is constant.
type Stage struct {
	For      time.Duration
	From, To Rate
}

// Process says how arrivals are spread around the rate.
type Process uint8

// The arrival processes.
const (
	Uniform Process = iota // evenly spaced
	Poisson                // independent, exponential gaps
)
