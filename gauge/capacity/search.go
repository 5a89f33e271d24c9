package capacity

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
)

// A Server is loaded by trials.
type Server interface {
	// Try loads the server at a rate for so long, or until enough tells that the
	// blocks so far will do, and lets it drain. If ctx's deadline passes meanwhile, it
	// ends what is under way. Unless the trial was measured by then, the error is
	// gauge.ErrInterrupted.
	Try(ctx context.Context, rate float64, length time.Duration, enough func([]Block) bool) (Measured, error)
}

// Search finds the highest rate at which a server keeps its goals. Rates double from a low
// one until one fails twice; then the interval is halved; then trials around the boundary
// are repeated until the range is narrow, or for 12 trials' time. If the server is another
// one by then, it is searched again. If it stops answering, the search ends. observe is called
// after each trial, with the rates between which the search looks by then; nil if nobody wants it.
//
// The error is the server's, or ctx's. The answer has what was found until then.
func Search(ctx context.Context, s Server, p Plan, observe func(*Trial, Range)) (*Answer, error) {
	h := &search{plan: p.withDefaults(), server: s, observe: observe}
	err := h.run(ctx)
	switch {
	case errors.Is(err, gauge.ErrAgentLost):
		h.by, h.why = ByGenerator, err.Error()
	case err != nil:
		h.by = ByBudget // there was less time than the plan has
	case len(h.trials) > 0 && h.last().Outcome == Unanswered: // whatever ended the search then
		if h.by != ByGone && h.asked() < leastAsked {
			h.by, h.why = ByBudget, h.last().Why+", and there was no time to ask again"
			break
		}
		h.by, h.why = ByGone, h.last().Why
	}
	a := h.answer()
	a.leaveSettled()
	return a, err
}

type search struct {
	plan    Plan
	server  Server
	observe func(*Trial, Range)
	trials  []*Trial
	since   int // trials before this one are out of date: the server has changed
	took    time.Duration
	by      Limit
	why     string

	low, high float64 // between these the search goes on; 0 if not known
	doubted   float64 // a rate that passed, but not when it was measured afresh; 0 if there is none
}

func (h *search) run(ctx context.Context) error {
	from := min(h.plan.From, h.plan.Max)
	for {
		if err := h.bracket(ctx, from); err != nil || h.by == ByBudget || h.by == ByGone {
			return err
		}
		if h.by != "" {
			return h.confirmLow(ctx)
		}
		if err := h.narrow(ctx); err != nil || h.by != "" {
			return err
		}
		if err := h.sharpen(ctx); err != nil || h.by != "" {
			return err
		}
		sound, err := h.confirm(ctx)
		if err != nil || sound || h.by != "" {
			return err
		}
		// The server is not what it was: the search goes on from the rate that showed it.
		rate := h.trials[h.since].Rate
		if failing(h.trials[h.since], h.plan.Goals) {
			h.low, h.high, from = 0, rate, 0.85*rate
		} else {
			h.low, h.high, from = rate, 0, min(1.25*rate, h.plan.Max)
		}
	}
}

// last is the trial before, of which there is one.
func (h *search) last() *Trial { return h.trials[len(h.trials)-1] }

// leastRate is the lowest rate that is tried, in messages/s.
const leastRate = 0.5

// bracket doubles a rate until one fails twice, or halves it until one passes.
func (h *search) bracket(ctx context.Context, rate float64) error {
	for {
		fails, err := h.tryTwice(ctx, rate, Doubling)
		if err != nil || h.by != "" {
			return err
		}
		if fails {
			h.high = rate
		} else {
			h.low = rate
		}
		switch {
		case h.low > 0 && h.high > 0:
			return nil
		case !fails && rate >= h.plan.Max:
			h.by = ByMaximum
			return nil
		case !fails:
			rate = min(2*rate, h.plan.Max)
		case rate < 2*leastRate:
			h.by, h.why = ByServer, h.last().Why
			if h.last().Outcome == Undecided {
				h.by, h.why = ByTrials, h.tooShort(h.last())
			}
			return nil
		default:
			rate /= 2
		}
	}
}

// narrow halves the interval until its ends are near.
func (h *search) narrow(ctx context.Context) error {
	for h.high/h.low > 1.04 {
		rate := math.Sqrt(h.low * h.high)
		t, err := h.try(ctx, rate, Halving)
		if err != nil || h.by != "" {
			return err
		}
		if failing(t, h.plan.Goals) {
			h.high = rate
		} else {
			h.low = rate
		}
	}
	return nil
}

// sharpen repeats trials around the boundary.
func (h *search) sharpen(ctx context.Context) error {
	begun, moves, spoiled := h.took, 0, 0
	for turn := 0; h.took-begun < patience*h.plan.Trial; turn++ {
		r := h.fit()
		if away := r.Best / h.near(); math.Abs(away-1) > locality/3 && moves < maxMoves { // the fit looks around the middle only
			moves++
			h.low, h.high = r.Best*0.99, r.Best*1.01
			r = h.fit()
		}
		if turn >= leastSharpening && r.High/r.Low <= 1+h.plan.Width {
			return nil
		}
		away := min(max((r.High/r.Low-1)/3, 0.004), 0.03)
		rate := min(r.Best*(1+[...]float64{0, -1, 1}[turn%3]*away), h.plan.Max)
		t, err := h.try(ctx, rate, Sharpening)
		if err != nil || h.by != "" {
			return err
		}
		if !t.spoiled() {
			spoiled = 0
		} else if spoiled++; spoiled == 2*maxSpoiled {
			h.by, h.why = t.spoiledBy(), cmp.Or(t.Starved, t.Why)
			return nil
		}
	}
	return nil
}

const (
	patience        = 12 // how many times a trial's length sharpening may take
	maxMoves        = 6  // how often the middle may follow the fit
	leastSharpening = 4  // how many trials it takes at least
)

// confirm measures the answer afresh, at 80, 120 and 100 %. It is sound unless, twice in a
// row, it or 80 % of it fail, or a rate well above the range passes. The first of the two
// trials is then h.since.
func (h *search) confirm(ctx context.Context) (sound bool, err error) {
	r := h.fit()
	for _, c := range []struct {
		rate  float64
		stage Stage
		not   Outcome // what the trial must not show
	}{
		{0.8 * r.Low, Surrounding, Fail},
		{max(1.2*r.Low, 1.05*r.High), Surrounding, Pass},
		{r.Low, Confirming, Fail}, // the answer last, because servers change
	} {
		if c.rate > h.plan.Max {
			continue
		}
		var first *Trial
		for {
			t, err := h.try(ctx, c.rate, c.stage)
			if err != nil || h.by != "" {
				return false, err
			}
			if t.Outcome != c.not {
				break
			}
			if first != nil { // once may be an accident
				h.since = slices.Index(h.trials, first)
				return false, nil
			}
			first = t
		}
	}
	if !slices.ContainsFunc(h.trials[h.since:], func(t *Trial) bool { return t.Outcome == Pass }) {
		h.by, h.why = ByTrials, h.tooShort(h.last()) // where the range begins is a guess, and no trial's
	}
	return true, nil
}

// confirmLow measures long enough at the highest rate that did not fail, or at half of
// it if that fails now or is spoiled, to show that it passes. Nothing above is known.
func (h *search) confirmLow(ctx context.Context) error {
	by, why := h.by, h.why
	defer func() { h.by, h.why = by, why }()
	for rate := h.low; rate >= leastRate; rate /= 2 {
		h.by, h.why = "", ""
		t, err := h.try(ctx, rate, Confirming)
		switch {
		case err != nil:
			return err
		case h.by == ByGone:
			by, why = h.by, h.why
			return nil
		case h.by == ByBudget:
			if h.passed() == 0 {
				by, why = h.by, h.why // what ended this is why nothing is known
			}
			return nil
		case h.by == "" && !failing(t, h.plan.Goals):
			if h.passed() < rate { // so this trial does not show it
				by, why = ByTrials, h.tooShort(t)
			}
			return nil
		}
		h.doubted = rate
	}
	return nil
}

// passed is the highest rate at which a trial passed, below one that is too high or could
// not be confirmed; 0 if none did. A trial at whose end more messages waited than at its
// beginning was too short to show that.
func (h *search) passed() float64 {
	most := 0.0
	for _, t := range h.trials {
		if t.Outcome == Pass && (h.high == 0 || t.Rate < h.high) && (h.doubted == 0 || t.Rate < h.doubted) && lasting(t.Blocks) {
			most = max(most, t.Rate)
		}
	}
	return most
}

// fit is where the capacity is, by the trials since the server changed.
func (h *search) fit() Range {
	if h.high/h.low > 1+locality { // not near yet
		return Range{h.low, h.near(), h.high}
	}
	return fit(h.trials[h.since:], h.plan.Goals, h.near())
}

// near is the middle of where the search goes on.
func (h *search) near() float64 { return math.Sqrt(h.low * h.high) }

// tryTwice makes a trial, and another one if it fails: what a server does once may be an
// accident. A queue that grows is none. If there were too few messages to tell, because one
// bad one of them is more than a goal allows, the other trial lasts until there are more.
func (h *search) tryTwice(ctx context.Context, rate float64, stage Stage) (fails bool, err error) {
	length := h.length(rate, stage)
	for range 2 {
		t, err := h.tryFor(ctx, rate, stage, length)
		if err != nil || h.by != "" {
			return false, err
		}
		if !failing(t, h.plan.Goals) {
			return false, nil
		}
		if t.Outcome == Undecided {
			length = max(length, h.length(rate, Confirming))
		}
	}
	return true, nil
}

// try makes a trial at a rate, as long as its stage needs.
func (h *search) try(ctx context.Context, rate float64, stage Stage) (*Trial, error) {
	return h.tryFor(ctx, rate, stage, h.length(rate, stage))
}

// tryFor makes a trial at a rate. One that the generator or its machine spoiled is made
// again, and one without any answer: the server may only have been restarted. What is left of
// the budget is enough for that. If none of several gets an answer, a trial at a lower rate tells
// whether the server is gone: stillThere.
func (h *search) tryFor(ctx context.Context, rate float64, stage Stage, length time.Duration) (*Trial, error) {
	for spoiled := 0; ; {
		if left := h.plan.Budget - h.took; length > left {
			if h.asked() == 0 || left < LeastDoubling {
				h.by, h.why = ByBudget, h.drainingWhy()
				return nil, nil
			}
			length = left.Truncate(time.Second)
		}
		m, err := h.load(ctx, rate, length)
		if err != nil || h.by != "" {
			return nil, err
		}
		h.took += m.Took
		t := newTrial(rate, stage, m, h.plan.Goals)
		var check *Trial
		gone := false
		if quiet := h.quiet(t); len(quiet) > 0 {
			check, gone, err = h.stillThere(ctx, t, quiet)
		}
		h.keep(t)
		if check != nil {
			h.keep(check)
		}
		switch {
		case err != nil || h.by != "":
			return nil, err
		case m.Undrained:
			h.by, h.why = ByBudget, undrainedWhy(m)
			return t, nil
		case gone:
			h.by, h.why = ByGone, h.last().Why
			return t, nil
		case t.Outcome == Unanswered:
			continue
		case t.Outcome != Invalid, stage == Sharpening, stage == Surrounding && rate > h.low:
			return t, nil // the answer can do without it
		}
		if spoiled++; spoiled == maxSpoiled {
			h.by, h.why = t.spoiledBy(), t.Why
			return t, nil
		}
	}
}

// asked is how many trials in the end got no answer.
func (h *search) asked() int {
	n := 0
	for _, t := range slices.Backward(h.trials) {
		if t.Outcome != Unanswered {
			break
		}
		n++
	}
	return n
}

// keep adds a trial.
func (h *search) keep(t *Trial) {
	h.trials = append(h.trials, t)
	if h.observe != nil {
		h.observe(t, h.answer().Range)
	}
}

// maxSpoiled is how often a trial is made that the generator or its machine spoils: something
// else may keep the two from their work for a while.
const maxSpoiled = 4
