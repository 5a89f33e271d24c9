package capacity

import (
	"fmt"
	"math"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// A Plan says how a capacity is searched for. Zero values mean the defaults.
type Plan struct {
	From   float64       // the first rate, in messages/s; default 10
	Max    float64       // no higher rate is tried; 0 means none is too high
	Width  float64       // of the range in the end, as a share of its lower end; default 0.05
	Trial  time.Duration // how long a trial measures that halves the interval: see docs/capacity.md for the others; default UsualTrial
	Budget time.Duration // for all trials together, the draining included; default 15 min
	Goals  []Goal        // one at least
}

func (p Plan) withDefaults() Plan {
	if p.From <= 0 {
		p.From = usualFrom
	}
	if p.Max <= 0 {
		p.Max = math.Inf(1)
	}
	if p.Width <= 0 {
		p.Width = 0.05
	}
	if p.Trial <= 0 {
		p.Trial = UsualTrial
	}
	if p.Budget <= 0 {
		p.Budget = 15 * time.Minute
	}
	p.Budget = min(p.Budget, mostBudget)
	return p
}

// usualFrom is a rate that any server carries, as a rule.
const usualFrom = 10

// mostBudget is more time than anybody has. Sums of such times still fit a Duration.
const mostBudget = math.MaxInt64 / 4

// LeastTrial is the shortest trial that tells something.
const LeastTrial = 5 * time.Second

// UsualTrial is how long a trial measures if nobody says.
const UsualTrial = 10 * time.Second

// A search takes, as a rule, about 20 trials with 3 s for each to drain and rest, and measures
// for 24 times the length of a trial. docs/capacity.md has what was counted.
const (
	restOfSearch     = 20 * 3 * time.Second
	measuredInSearch = 24
)

// BudgetOf is how long a search takes, as a rule, with trials of a length.
func BudgetOf(trial time.Duration) time.Duration {
	return restOfSearch + measuredInSearch*min(trial, (math.MaxInt64-restOfSearch)/measuredInSearch)
}

// TrialOf is the longest trial, in whole seconds, whose search fits a budget as a rule.
func TrialOf(budget time.Duration) time.Duration {
	return (max(0, budget-restOfSearch) / measuredInSearch).Truncate(time.Second)
}

// A TooLongError says that a plan's trials can never fit its budget.
type TooLongError struct {
	First time.Duration // the first trial
	Least time.Duration // it, and one that confirms it
	Rare  bool          // it is that long because its rate is so low
}

// Error says what does not fit.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("a first trial of %s and one that confirms it take at least %s", human.Exact(e.First), human.Exact(e.Least))
}

// Check returns a *TooLongError if a search cannot show anything within its budget, even if
// its first rate is the highest that is asked for, and passes.
func (p Plan) Check() error {
	p = p.withDefaults()
	p.Trial = min(p.Trial, mostBudget)
	h := &search{plan: p}
	rate := min(p.From, p.Max)
	first := h.length(rate, Doubling)
	least := first + max(first, (2*p.Trial).Round(time.Second))
	if least <= p.Budget {
		return nil
	}
	return &TooLongError{First: first, Least: least, Rare: first > h.length(math.Inf(1), Doubling)}
}
