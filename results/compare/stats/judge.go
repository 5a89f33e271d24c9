package stats

import "math"

// A Verdict is what came out for a metric.
type Verdict string

// The verdicts. Same means that no difference was found, or none that matters;
// Resolvable says how small a difference would have been found.
const (
	Same       Verdict = "same"
	Better     Verdict = "better"
	Worse      Verdict = "worse"
	TooFewRuns Verdict = "too-few-runs"
)

// Options say when a difference counts. The zero value takes every significant
// one, at 5 %.
type Options struct {
	Alpha     float64 // chance of any false alarm in all metrics together; 0 means 0.05
	MinEffect float64 // smallest effect of interest, as a share: 0.03 for 3 %; 0 means none
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
}

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
		f.decide(i, &pairs[i], o.MinEffect, left)
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
func (f *Family) decide(i int, pair *Pair, minEffect float64, left int) {
	j := &f.Judgements[i]
	n1, n2 := len(pair.Base), len(pair.New)
	if noise, ok := Noise(pair.Base, pair.New); ok {
		j.Noise = &noise
		if r := Resolvable(noise, n1, n2, f.Alpha, f.Tested); !math.IsInf(r, 0) {
			j.Resolvable = &r
		}
	}
	effect := j.Shift.Value
	if j.Ratio != nil {
		effect = j.Ratio.Value
	}
	switch {
	case j.Adjusted > f.Alpha && MinP(n1, n2)*float64(max(1, left)) > f.Alpha*(1+rounding):
		j.Verdict = TooFewRuns
	case j.Adjusted > f.Alpha, effect == 0, j.Ratio != nil && math.Abs(effect) < minEffect:
		j.Verdict = Same
	case effect > 0 == pair.HigherIsBetter:
		j.Verdict = Better
	default:
		j.Verdict = Worse
	}
}
