package capacity

import (
	"math"
	"time"
)

// A Plan says how a capacity is searched for. Zero values mean the defaults.
type Plan struct {
	From   float64       // the first rate, in messages/s; default 10
	Max    float64       // no higher rate is tried; 0 means none is too high
	Width  float64       // of the range in the end, as a share of its lower end; default 0.05
	Trial  time.Duration // how long a trial measures; those that decide take twice as long; default 10 s
	Budget time.Duration // for all trials together, the draining included; default 15 min
	Goals  []Goal        // one at least
}

func (p Plan) withDefaults() Plan {
	if p.From <= 0 {
		p.From = 10
	}
	if p.Max <= 0 {
		p.Max = math.Inf(1)
	}
	if p.Width <= 0 {
		p.Width = 0.05
	}
	if p.Trial <= 0 {
		p.Trial = 10 * time.Second
	}
	if p.Budget <= 0 {
		p.Budget = 15 * time.Minute
	}
	p.Budget = min(p.Budget, mostBudget)
	return p
}

// mostBudget is more time than anybody has. Sums of such times still fit a Duration.
const mostBudget = math.MaxInt64 / 4
