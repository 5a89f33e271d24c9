package pace

import "time"

// A Rate is a number of arrivals a second.
type Rate float64

// A Stage is a part of the load in which the rate goes from From to To in a
// straight line. The two are equal if the rate is constant.
type Stage struct {
	For      time.Duration
	From, To Rate
}
