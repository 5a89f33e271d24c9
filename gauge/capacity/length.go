package capacity

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// While rates double, a trial lasts so much of Plan.Trial, and LeastDoubling at least.
const doublingPart = 0.4

// LeastDoubling is the length of the shortest trials, of those while rates double.
const LeastDoubling = 3 * time.Second

// length is how long a trial is to last. Those that decide last longer, and are extended
// if their messages would be too few for a goal.
func (h *search) length(rate float64, stage Stage) time.Duration {
	switch stage {
	case Doubling:
		few := time.Duration(min(8/rate, 1e9) * float64(time.Second))
		return max(LeastDoubling, time.Duration(doublingPart*float64(h.plan.Trial)), few).Round(time.Second)
	case Surrounding:
		if rate > h.near() { // if it passes, that is to be certain
			return (2 * h.plan.Trial).Round(time.Second)
		}
		return h.plan.Trial.Round(time.Second)
	case Halving:
		return h.plan.Trial.Round(time.Second)
	}
	usual := 2 * h.plan.Trial
	return max(usual, min(h.needed(rate), mostExtended*usual)).Round(time.Second)
}

// mostExtended is how many times its usual length a trial that decides may last.
const mostExtended = 3

// needed is for how long a trial at a rate has to last, so that it can pass: so many messages
// without a bad one show a share with 99 % confidence. Some more leave room for chance.
func (h *search) needed(rate float64) time.Duration {
	least := math.Inf(1)
	for i := range h.plan.Goals {
		least = min(least, h.plan.Goals[i].Share)
	}
	seconds := 1.25 * math.Log(doubt) / math.Log1p(-least) / rate
	return time.Duration(min(seconds, mostNeeded.Seconds()) * float64(time.Second))
}

// mostNeeded is longer than any trial: a goal may be about hardly any messages.
const mostNeeded = 1000 * time.Hour

// tooShort says why a trial that was to decide shows nothing, and how long one has to be that
// does.
func (h *search) tooShort(t *Trial) string {
	why := cmp.Or(t.Why, fmt.Sprintf("more messages waited at the end of the trial at %s/s than at its beginning", human.Rate(t.Rate)))
	longer := max(2*h.plan.Trial, h.needed(t.Rate)/(2*mostExtended))
	longer = (longer + time.Second - 1).Truncate(time.Second)
	do := "; use --trial " + criteria.DurationText(longer)
	if needed := BudgetOf(longer); needed > h.plan.Budget {
		do += " and --budget " + criteria.DurationText(needed)
	}
	return why + do
}
