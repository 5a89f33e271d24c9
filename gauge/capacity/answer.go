package capacity

import (
	"math"
	"slices"
)

// answer is what the search has found so far, with the rates between which it looks.
func (h *search) answer() *Answer {
	a := &Answer{By: h.by, Why: h.why, Trials: h.trials, Took: h.took}
	if a.By == "" {
		a.By = ByServer
	}
	switch {
	case h.by != "" && len(h.trials) > 0 && h.last().Outcome == Unanswered:
	case h.low > 0 && h.high > 0:
		a.Range = h.fit()
	default:
		a.Range = Range{Low: h.passed(), Best: h.passed()}
	}
	if a.Why == "" {
		a.Why = firstBroken(h.trials, a.Range)
	}
	return a
}

// leaveSettled takes out of the range of a search that something else than the server ended what
// no trial has settled: where it was looking is no answer. If a rate is too high, the lower end and
// the best guess take trials around the boundary; if none is, a trial that lasted has to have
// confirmed the rate. Whoever makes an answer of a search calls it, once.
func (a *Answer) leaveSettled() {
	switch {
	case a.By == ByServer:
	case a.Range.High > 0 && !decided(a.Trials):
		a.Range.High *= 1 + chance
		a.Range.Low, a.Range.Best = 0, 0
	case a.Range.High == 0:
		a.Range.Low = confirmed(a.Trials, a.Range.Low)
		a.Range.Best = a.Range.Low
	}
}

// chance is how far below the capacity a short trial may fail by chance, as a share.
const chance = 0.05

// confirmed is the highest rate, up to most, at which a trial as long as those that decide
// passed while its queue did not grow; 0 if there is none.
func confirmed(trials []*Trial, most float64) float64 {
	rate := 0.0
	for _, t := range trials {
		if t.Outcome == Pass && t.decides() && t.Rate <= most && lasting(t.Blocks) {
			rate = max(rate, t.Rate)
		}
	}
	return rate
}

// decided tells whether the trials around the boundary are as many as a search has at
// least, and any passed. While rates are doubled and halved, a short trial may pass above
// the capacity, and one with few messages need not even pass to be searched above.
func decided(trials []*Trial) bool {
	around, passed := 0, false
	for _, t := range trials {
		switch {
		case t.Stage == Doubling || t.Stage == Halving:
			around = 0
		case t.Stage == Sharpening && !t.spoiled():
			around++
		}
		passed = passed || t.Outcome == Pass
	}
	return passed && around >= leastSharpening
}

// firstBroken is why the lowest rate above a range failed.
func firstBroken(trials []*Trial, r Range) string {
	failed := slices.DeleteFunc(slices.Clone(trials), func(t *Trial) bool { return t.Outcome != Fail || t.Rate < r.Low })
	if len(failed) == 0 {
		return ""
	}
	return slices.MinFunc(failed, func(a, b *Trial) int { return int(math.Copysign(1, a.Rate-b.Rate)) }).Why
}
