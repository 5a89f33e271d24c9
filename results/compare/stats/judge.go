package stats

import "math"

// A Verdict is what came out for a metric.
type Verdict string

// The verdicts. An effect that matters is one of the smallest effect of interest or more.
const (
	Same       Verdict = "same"         // the whole interval lies under the smallest effect of interest
	NotShown   Verdict = "not-shown"    // an effect that matters was neither shown nor ruled out
	Better     Verdict = "better"       // significant, and it matters
	Worse      Verdict = "worse"        // significant, and it matters
	Differs    Verdict = "differs"      // the same of a figure of which nobody knows which way is better
	TooFewRuns Verdict = "too-few-runs" // however far apart the sides were, no difference could be significant
)

// Options say when a difference counts. The zero value takes every significant
// one, at 5 %, and calls the same only what is equal.
type Options struct {
	Alpha     float64 // chance of any false alarm in all metrics together; 0 means 0.05
	MinEffect float64 // smallest effect of interest, as a share: 0.03 for 3 %

	// Significant makes every significant difference better or worse, also one under
	// MinEffect.
	Significant bool
}

// DefaultAlpha is the level if Options name none.
const DefaultAlpha = 0.05

func (o Options) alpha() float64 {
	if o.Alpha == 0 {
		return DefaultAlpha
	}
	return o.Alpha
}

// A Pair is one metric's values, one a round, neither side empty.
type Pair struct {
	Base, New      []float64
	HigherIsBetter bool
	Undirected     bool // neither higher nor lower is better: a change is just one

	// Absolute is the smallest effect of interest in the metric's unit, for metrics
	// whose effect is no share of their value; 0 leaves it to Options.MinEffect.
	// Grain is a difference, in that unit, that may leave no trace in the values, as
	// rare errors leave none in few messages.
	Absolute, Grain float64
}

// isAbsolute tells whether the effect is in the metric's unit.
func (p *Pair) isAbsolute() bool { return p.Absolute > 0 }

// A Judgement is what a pair comes to.
type Judgement struct {
	Base, New Summary
	Shift     Estimate  // in the metric's unit
	Ratio     *Estimate // relative; nil if a value is zero or negative
	Tested    bool      // false if all values are equal, so that there was nothing to test
	P         float64   // of the U test by itself
	Adjusted  float64   // for the number of metrics tested
	Verdict   Verdict

	// Noise and Resolvable are as the functions of that name return them; nil if
	// they are not known.
	Noise, Resolvable *float64
}

// A Family is what was judged together.
type Family struct {
	Judgements   []Judgement // by pair
	Tested       int         // metrics tested, which the p-values are adjusted for
	Alpha        float64
	RoundsNeeded int // a side, for any verdict
}

// Judge compares many metrics at once.
//
// A metric whose values are all equal, such as a share of errors that was zero in
// every round, could not have been significant. It does not count as tested, which
// keeps the chance of a false alarm and takes no power from the others (Tarone 1990).
func Judge(pairs []Pair, o Options) *Family {
	f := &Family{Judgements: make([]Judgement, len(pairs)), Alpha: o.alpha()}
	var p []float64
	for i := range pairs {
		j := &f.Judgements[i]
		*j = estimate(&pairs[i], f.Alpha)
		if j.Tested {
			p = append(p, j.P)
		}
	}
	f.Tested = len(p)
	f.RoundsNeeded = RoundsNeeded(f.Alpha, f.Tested)
	adjusted := Holm(p)
	left := f.Tested // not significant
	for i := range f.Judgements {
		if j := &f.Judgements[i]; j.Tested {
			j.Adjusted, adjusted = adjusted[0], adjusted[1:]
			if j.Adjusted <= f.Alpha {
				left--
			}
		}
	}
	for i := range f.Judgements {
		f.decide(i, &pairs[i], o, left)
	}
	return f
}

func estimate(pair *Pair, alpha float64) Judgement {
	j := Judgement{
		Base: Summarize(pair.Base, alpha), New: Summarize(pair.New, alpha),
		Shift: Shift(pair.Base, pair.New, alpha), P: 1, Adjusted: 1,
	}
	if r, ok := Ratio(pair.Base, pair.New, alpha); ok {
		j.Ratio = &r
	}
	if j.Tested = !allEqual(pair.Base[0], pair.Base, pair.New); j.Tested {
		j.P = Test(pair.Base, pair.New)
	}
	return j
}

func allEqual(v float64, sides ...[]float64) bool {
	for _, side := range sides {
		for _, other := range side {
			if other != v {
				return false
			}
		}
	}
	return true
}

// decide turns figures into a verdict. left is how many metrics were not significant:
// Holm's last step compared each of them with alpha/left.
func (f *Family) decide(i int, pair *Pair, o Options, left int) {
	j := &f.Judgements[i]
	n1, n2 := len(pair.Base), len(pair.New)
	if noise, ok := Noise(pair.Base, pair.New); ok {
		j.Noise = &noise
		if r := Resolvable(noise, n1, n2, f.Alpha, f.Tested); !math.IsInf(r, 0) {
			j.Resolvable = &r
		}
	}
	effect, interest := j.effect(pair, o.MinEffect)
	switch significant := j.Adjusted <= f.Alpha; {
	case !significant && MinP(n1, n2)*float64(max(1, left)) > f.Alpha*(1+rounding):
		j.Verdict = TooFewRuns
	case significant && effect.Value != 0 && (math.Abs(effect.Value) >= interest || o.Significant):
		j.Verdict = Worse
		switch {
		case pair.Undirected:
			j.Verdict = Differs
		case effect.Value > 0 == pair.HigherIsBetter:
			j.Verdict = Better
		}
	case pair.Grain <= interest && effect.within(interest):
		j.Verdict = Same
	default:
		j.Verdict = NotShown
	}
}

// effect is the effect of a pair, and from which on one is of interest: both relative
// or both in the metric's unit. If a value is zero, which nothing is a share of, the
// smallest effect of interest is a share of the larger median.
func (j *Judgement) effect(pair *Pair, minEffect float64) (effect Estimate, interest float64) {
	switch {
	case pair.isAbsolute():
		return j.Shift, pair.Absolute
	case j.Ratio != nil:
		return *j.Ratio, minEffect
	}
	return j.Shift, minEffect * max(math.Abs(j.Base.Median), math.Abs(j.New.Median))
}

// within tells whether the whole interval lies less than a limit from zero. An
// interval that is zero and nothing else lies within any.
func (e *Estimate) within(limit float64) bool {
	return e.Finite() && (-limit < e.Low && e.High < limit || e.Low == 0 && e.High == 0)
}
