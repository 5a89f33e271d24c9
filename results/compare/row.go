package compare

import (
	"math"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Row compares one metric of one flow. Base and New are the medians of
// their rounds.
type Row struct {
	Flow   string  `json:"flow"`
	Metric string  `json:"metric"` // as in thresholds, and setup and generator.cpu
	Unit   string  `json:"unit"`   // of Base, New and Delta: ns, share or messages/s
	Base   float64 `json:"base"`
	New    float64 `json:"new"`
	Delta  float64 `json:"delta"` // how far New is above Base, by Hodges and Lehmann

	// Interval is where Delta lies, in Unit, and IntervalPercent is where
	// DeltaPercent lies: null if there are too few rounds. DeltaPercent is null if
	// a value is zero, which nothing is a percentage of.
	Interval        *[2]float64 `json:"interval"`
	DeltaPercent    *float64    `json:"delta_percent"`
	IntervalPercent *[2]float64 `json:"interval_percent"`
	IntervalOf      string      `json:"interval_of,omitempty"` // rounds, or within-run if there is one round a side

	// P is adjusted for the number of metrics tested. It is null if the values are
	// all equal, or if there is one round a side.
	P           *float64      `json:"p_value"`
	PUnadjusted *float64      `json:"p_unadjusted"`
	Verdict     stats.Verdict `json:"verdict"`
	BaseRounds  int           `json:"base_rounds"`
	NewRounds   int           `json:"new_rounds"`

	// ResolvablePercent is the smallest change that so many rounds find nine times
	// out of ten. RoundsNeeded is how many rounds a side would find the smallest
	// effect of interest, if it was not shown and these may miss it; or how many would
	// have any verdict, if these are too few.
	ResolvablePercent *float64 `json:"resolvable_percent"`
	RoundsNeeded      int      `json:"rounds_needed,omitempty"`

	Measure    criteria.Unit            `json:"-"` // Unit, typed
	Headline   bool                     `json:"-"` // compared unless asked otherwise
	Tested     int                      `json:"-"` // metrics, which P is adjusted for
	ShownAlone bool                     `json:"-"` // not shown, and would have been if it had been the only one tested
	Confidence stats.ConfidenceInterval `json:"-"` // Interval; infinite if there is none
	grain      float64                  // as in stats.Pair
	noise      *float64                 // as stats.Noise has it
}

// What Row.IntervalOf may be. An interval WithinRun holds within these two runs only:
// other runs may differ by more.
const (
	ofRounds  = "rounds"
	WithinRun = "within-run"
)

// newRow is a row before it is judged.
func newRow(flow string, m comparedMetric, pair *stats.Pair) Row {
	return Row{
		Flow: flow, Metric: m.name, Unit: m.unit.String(), BaseRounds: len(pair.Base), NewRounds: len(pair.New),
		Measure: m.unit, Headline: m.headline, Confidence: stats.ConfidenceInterval{Low: math.Inf(-1), High: math.Inf(1)},
	}
}

// setWithinRun gives a row of single rounds an interval, if there can be one.
func (r *Row) setWithinRun(m comparedMetric, base, other *soleRound, alpha float64) {
	shift, ratio, ok := stats.WithinRun(m.track(base), m.track(other), alpha, bootstrapSeed)
	if !ok || !shift.Finite() {
		return
	}
	r.IntervalOf, r.Confidence = WithinRun, shift.ConfidenceInterval
	if ratio.Finite() {
		r.IntervalPercent = percents(ratio.ConfidenceInterval)
	}
}

func percents(i stats.ConfidenceInterval) *[2]float64 { return &[2]float64{100 * i.Low, 100 * i.High} }

// setJudgement sets what the tests came to.
func (r *Row) setJudgement(j *stats.Judgement, pair *stats.Pair, f *stats.Family, minEffect float64) {
	r.Base, r.New, r.Delta, r.Verdict = j.Base.Median, j.New.Median, j.Shift.Value, j.Verdict
	if j.Ratio != nil {
		r.DeltaPercent = new(100 * j.Ratio.Value)
	}
	if r.BaseRounds > 1 && r.NewRounds > 1 && j.Tested {
		r.P, r.PUnadjusted = new(j.Adjusted), new(j.P)
	}
	if r.IntervalOf == "" && j.Shift.Finite() {
		r.IntervalOf, r.Confidence = ofRounds, j.Shift.ConfidenceInterval
		if j.Ratio != nil && j.Ratio.Finite() {
			r.IntervalPercent = percents(j.Ratio.ConfidenceInterval)
		}
	}
	if r.Confidence.Finite() {
		r.Interval = &[2]float64{r.Confidence.Low, r.Confidence.High}
	}
	r.noise, r.grain = j.Noise, pair.Grain
	if j.Resolvable != nil {
		r.ResolvablePercent = new(100 * *j.Resolvable)
	}
	r.Tested = f.Tested
	// Another reason for not shown is a difference that may be too small to matter.
	r.ShownAlone = r.Verdict == stats.NotShown && !r.Confidence.Contains(0) && j.P <= f.Alpha && f.Alpha < j.Adjusted
	switch {
	case r.Verdict == stats.TooFewRuns:
		r.RoundsNeeded = f.RoundsNeeded
	case r.Verdict == stats.NotShown && pair.Absolute == 0 && j.Noise != nil && (j.Resolvable == nil || *j.Resolvable > minEffect):
		r.RoundsNeeded = stats.RoundsFor(*j.Noise, minEffect, f.Alpha, f.Tested)
	}
}

// Change writes how far New is above Base: shares and what may be zero in the row's
// unit, all else in per cent.
func (r *Row) Change() string {
	if r.Nothing() {
		return "none"
	}
	if r.DeltaPercent != nil && r.Measure != criteria.Share {
		return human.SignedPercent(*r.DeltaPercent)
	}
	return r.InUnit(r.Delta).String()
}

// IsOff tells whether the change differs so much from the difference of the medians, Base
// and New, that the row seems to contradict itself: in its sign, or by more than a point (of
// shares, a hundredth) and a quarter of the larger. Both are right: the change is the median of
// how much each round of one side differs from each of the other.
func (r *Row) IsOff() bool {
	medians, change, least := r.New-r.Base, r.Delta, 0.0001
	if r.Measure != criteria.Share {
		if r.DeltaPercent == nil || r.Base == 0 {
			return false // one of the sides has none
		}
		medians, change, least = 100*medians/r.Base, *r.DeltaPercent, 1
	}
	apart := math.Abs(medians - change)
	return apart > least && apart > 0.25*max(math.Abs(medians), math.Abs(change)) || medians*change < 0 && apart > least/10
}

// Nothing tells whether there was none of it in any round, such as of errors: there is no
// change of nothing.
func (r *Row) Nothing() bool {
	return r.Base == 0 && r.New == 0 && r.Delta == 0 && (r.Interval == nil || *r.Interval == [2]float64{})
}

// InUnit is a difference in the row's unit, with its sign. Shares differ by
// percentage points.
func (r *Row) InUnit(v float64) human.Quantity {
	if r.Measure == criteria.Share {
		return human.SignedPointsOf(v)
	}
	return human.FigureOf(r.Measure, v).Signed()
}

// Unseen is the change that could have gone unseen: "8.0 %". It is "" if that is not
// known.
func (r *Row) Unseen() string {
	switch {
	case r.grain > SmallestErrors:
		return strings.TrimPrefix(human.SignedPointsOf(r.grain).String(), "+")
	case r.ResolvablePercent != nil:
		return human.Percent(*r.ResolvablePercent)
	}
	return ""
}
