package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

// A course tells in which stage of an open load a time is. Times are mostly asked for
// in their order, so it goes on from where it is.
type course struct {
	from    time.Duration   // when the first stage begins
	ends    []time.Duration // of each stage but the last, since from
	current int
	reached int // the stage that the load has come to; -1 before the first one
}

func newCourse(stages []pace.Stage) course {
	c := course{reached: -1}
	var end time.Duration
	for _, s := range stages[:len(stages)-1] {
		end += s.For
		c.ends = append(c.ends, end)
	}
	return c
}

// at returns the stage that a time is in, from 0. The first and the last one have the
// times before and after the load.
func (c *course) at(t time.Duration) int {
	t -= c.from
	for c.current < len(c.ends) && t >= c.ends[c.current] {
		c.current++
	}
	for c.current > 0 && t < c.ends[c.current-1] {
		c.current--
	}
	return c.current
}

// reach tells whether a load of several stages has come to another one.
func (c *course) reach(now time.Duration) bool {
	if len(c.ends) == 0 || now < c.from || c.reached == len(c.ends) {
		return false
	}
	stage := c.at(now)
	if stage == c.reached {
		return false
	}
	c.reached = stage
	return true
}
