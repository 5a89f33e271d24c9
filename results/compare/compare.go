package compare

import (
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// ComparisonFormat names the shape of Comparison.
const ComparisonFormat = "smtpgauge.comparison/1"

// Options say what is compared and when a difference counts. The zero
// value tests every metric at 5 %, and takes every significant difference.
type Options struct {
	Alpha     float64  // chance of any false alarm in all rows together; 0 means 0.05
	MinEffect float64  // smallest effect of interest, as a share: 0.03 for 3 %; 0 means none
	Metrics   []string // patterns as of path.Match for METRIC or FLOW.METRIC; none means all
	Gates     []criteria.Gate
}

// A Comparison is two sides held against each other. It marshals to what
// `compare --format json` prints.
type Comparison struct {
	Format           string        `json:"format"` // "smtpgauge.comparison/1"
	Base             Side          `json:"base"`
	New              Side          `json:"new"`
	Alpha            float64       `json:"alpha"`
	MinEffectPercent float64       `json:"min_effect_percent"`
	Tested           int           `json:"tested"`        // metrics, which the p-values are adjusted for
	RoundsNeeded     int           `json:"rounds_needed"` // a side, before any verdict is possible
	Surroundings     []Surrounding `json:"surroundings"`
	Rows             []Row         `json:"rows"`
	Gates            []GateResult  `json:"gates,omitempty"`
	Warnings         []string      `json:"warnings"`
}

// A Side says what stands on one side.
type Side struct {
	Name   string `json:"name"`
	Runs   int    `json:"runs"`
	Rounds int    `json:"rounds"` // in all runs together
}

// A Row compares one metric of one flow. Base and New are the medians of
// their rounds.
type Row struct {
	Flow   string  `json:"flow"`
	Metric string  `json:"metric"` // as in thresholds, and setup and generator.cpu
	Unit   string  `json:"unit"`   // of Base, New and Delta: ns, share or messages/s
	Base   float64 `json:"base"`
	New    float64 `json:"new"`
	Delta  float64 `json:"delta"` // how far New is above Base, by Hodges and Lehmann

	// Interval is where Delta lies, in Unit, and IntervalPercent where
	// DeltaPercent does: null where there are too few rounds. DeltaPercent is
	// null where a value is zero, so that nothing is a per cent of it.
	Interval        *[2]float64 `json:"interval"`
	DeltaPercent    *float64    `json:"delta_percent"`
	IntervalPercent *[2]float64 `json:"interval_percent"`
	IntervalOf      string      `json:"interval_of,omitempty"` // rounds, or within-run where there is one a side

	// P is adjusted for the number of metrics tested. It is null where the
	// values are all equal, or there is one round a side.
	P           *float64      `json:"p_value"`
	PUnadjusted *float64      `json:"p_unadjusted"`
	Verdict     stats.Verdict `json:"verdict"`
	BaseRounds  int           `json:"base_rounds"`
	NewRounds   int           `json:"new_rounds"`

	// ResolvablePercent is the smallest change that so many rounds find nine
	// times out of ten. RoundsNeeded is what it takes for the smallest effect
	// of interest where that is less, or for any verdict where there are too
	// few rounds.
	ResolvablePercent *float64 `json:"resolvable_percent"`
	RoundsNeeded      int      `json:"rounds_needed,omitempty"`

	Measure    criteria.Unit            `json:"-"` // what Unit is a word for
	Headline   bool                     `json:"-"` // always in tables; the others if they tell something
	Confidence stats.ConfidenceInterval `json:"-"` // the interval in Unit, endless if none can be told
	noise      *float64                 // as stats.Noise says
}

const (
	ofRounds  = "rounds"
	WithinRun = "within-run"
)

// Compare judges each flow of the new runs against the flow of that name of the
// base runs. Runs of one side are repeats: their rounds count together.
//
// What limits a comparison is among its Warnings. The error says that there is
// nothing to compare, or that an option is wrong.
func Compare(base, other []*record.Run, o Options) (*Comparison, error) {
	c := &builder{o: o, comparison: newComparison(o)}
	if err := c.check(base, other); err != nil {
		return nil, err
	}
	c.comparison.Base, c.comparison.New = newSide(base), newSide(other)
	var warning string
	if warning, c.shared = record.SharedRuns(base, other); c.shared {
		c.warn(warning)
	}
	names, others := flowNames(base), flowNames(other)
	var parts []*builder
	var group sync.WaitGroup
	slots := make(chan struct{}, flowsAtOnce)
	for _, name := range names {
		if slices.Contains(others, name) {
			// Each flow by itself, as single rounds take a bootstrap each.
			part := &builder{o: o, comparison: newComparison(o)}
			parts = append(parts, part)
			group.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				part.flow(name, flowSide{base, name}, flowSide{other, name})
			})
		}
	}
	group.Wait()
	for _, part := range parts {
		c.add(part)
	}
	c.onOneSide("base", names, others)
	c.onOneSide("new", others, names)
	c.surround(surroundings(base, other)...)
	for _, name := range names {
		if slices.Contains(others, name) {
			c.surround(servers(name+" ", flowSide{base, name}, flowSide{other, name})...)
		}
	}
	c.warn(doubts("base", base)...)
	c.warn(doubts("new", other)...)
	return c.judge()
}

// flowsAtOnce bounds memory, not time: a flow's intervals of ten minutes are
// some ten megabytes once they are unpacked.
const flowsAtOnce = 2

// CompareFlows judges flow b against flow a of the same runs.
func CompareFlows(runs []*record.Run, a, b string, o Options) (*Comparison, error) {
	c := &builder{o: o, comparison: newComparison(o)}
	if err := c.check(runs, runs); err != nil {
		return nil, err
	}
	for _, name := range []string{a, b} {
		if names := flowNames(runs); !slices.Contains(names, name) {
			return nil, fmt.Errorf("no flow is named %q: known are %q", name, names)
		}
	}
	c.comparison.Base, c.comparison.New = newSide(runs), newSide(runs)
	c.comparison.Base.Name, c.comparison.New.Name = a, b
	c.flow(b, flowSide{runs, a}, flowSide{runs, b})
	c.surround(servers("", flowSide{runs, a}, flowSide{runs, b})...)
	return c.judge()
}

func newComparison(o Options) *Comparison {
	return &Comparison{
		Format: ComparisonFormat, MinEffectPercent: 100 * o.MinEffect, Surroundings: []Surrounding{}, Rows: []Row{}, Warnings: []string{},
	}
}

func newSide(runs []*record.Run) Side {
	s := Side{Name: runs[0].Header.Name, Runs: len(runs)}
	for _, r := range runs {
		s.Rounds += r.Header.Rounds
	}
	return s
}

// flowNames are the names of all flows of runs, in the order of the first.
func flowNames(runs []*record.Run) []string {
	var names []string
	for _, r := range runs {
		for i := range r.Header.Flows {
			if name := r.Header.Flows[i].Name; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// comparing is a comparison on its way: rows without verdicts, and their
// values.
type builder struct {
	o          Options
	comparison *Comparison
	pairs      []stats.Pair
	shared     bool // a run is on both sides
}

func (c *builder) warn(texts ...string) {
	c.comparison.Warnings = append(c.comparison.Warnings, texts...)
}

// surround notes what both sides were made in, and warns where that differs.
func (c *builder) surround(list ...Surrounding) {
	c.comparison.Surroundings = append(c.comparison.Surroundings, list...)
	c.warn(warnings(list)...)
}

// add takes over the rows of another.
func (c *builder) add(from *builder) {
	c.comparison.Rows, c.pairs = append(c.comparison.Rows, from.comparison.Rows...), append(c.pairs, from.pairs...)
	c.warn(from.comparison.Warnings...)
}

func (c *builder) check(base, other []*record.Run) error {
	switch {
	case len(base) == 0 || len(other) == 0:
		return errors.New("nothing to compare: each side needs a run")
	case !(c.o.Alpha >= 0 && c.o.Alpha < 1): // so that it is a number, too
		return fmt.Errorf("alpha is %v, want more than 0 and less than 1", c.o.Alpha)
	case !(c.o.MinEffect >= 0 && c.o.MinEffect <= record.MaxMinEffect):
		return fmt.Errorf("the smallest effect is %v, want 0 to %g", c.o.MinEffect, float64(record.MaxMinEffect))
	}
	for _, side := range [][]*record.Run{base, other} {
		if err := record.CheckDistinct(side); err != nil {
			return err
		}
	}
	for _, pattern := range c.o.Metrics {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("metric %q: want a name, or a pattern such as message.*", pattern)
		}
	}
	return nil
}

func (c *builder) onOneSide(side string, names, others []string) {
	for _, name := range names {
		if !slices.Contains(others, name) {
			c.warn(fmt.Sprintf("flow %s is on the %s side only", name, side))
		}
	}
}

// flow adds the rows of a flow.
func (c *builder) flow(name string, base, other flowSide) {
	baseRounds, open := base.rounds()
	newRounds, newOpen := other.rounds()
	if len(baseRounds) == 0 || len(newRounds) == 0 {
		c.warn(fmt.Sprintf("flow %s has no message on one side, so there is nothing to compare", name))
		return
	}
	if open != newOpen {
		c.warn(fmt.Sprintf("flow %s has open load on one side and closed load on the other: only service times compare", name))
	}
	var alone, newAlone *soleRound
	if len(baseRounds) == 1 && len(newRounds) == 1 {
		alone, newAlone = base.soleRound(), other.soleRound()
	}
	var lopsided []string
	load := sample.ClosedLoad
	if open && newOpen {
		load = sample.OpenLoad
	}
	for _, m := range comparedMetrics(load) {
		pair := stats.Pair{Base: values(baseRounds, m), New: values(newRounds, m), HigherIsBetter: m.higher}
		if len(pair.Base) == 0 || len(pair.New) == 0 || !matches(c.o.Metrics, name, m.name) {
			continue
		}
		if m.lopsided(baseRounds, newRounds) {
			lopsided = append(lopsided, m.name)
			continue
		}
		row := newRow(name, m, &pair)
		if alone != nil && newAlone != nil && m.track != nil {
			row.setWithinRun(m, alone, newAlone, c.level())
		}
		c.comparison.Rows, c.pairs = append(c.comparison.Rows, row), append(c.pairs, pair)
	}
	if len(lopsided) > 0 {
		c.warn(fmt.Sprintf("flow %s: not compared: %s: the sides have different numbers of samples, and too few a round for such a percentile",
			name, strings.Join(lopsided, ", ")))
	}
}

// newRow is a row before it is judged.
func newRow(flow string, m comparedMetric, pair *stats.Pair) Row {
	return Row{
		Flow: flow, Metric: m.name, Unit: m.unit.String(), BaseRounds: len(pair.Base), NewRounds: len(pair.New),
		Measure: m.unit, Headline: m.headline, Confidence: stats.ConfidenceInterval{Low: math.Inf(-1), High: math.Inf(1)},
	}
}

func (c *builder) level() float64 {
	if c.o.Alpha == 0 {
		return stats.DefaultAlpha
	}
	return c.o.Alpha
}

func values(rounds []roundData, m comparedMetric) []float64 {
	var list []float64
	for i := range rounds {
		if v, ok := m.of(&rounds[i]); ok {
			list = append(list, v)
		}
	}
	return list
}

// within gives a row of single rounds the interval there can be.
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

// judge turns values into verdicts.
func (c *builder) judge() (*Comparison, error) {
	out := c.comparison
	if len(out.Rows) == 0 {
		return nil, errors.New("nothing to compare: the sides have no measured metric of the same flow in common")
	}
	family := stats.Judge(c.pairs, stats.Options{Alpha: c.o.Alpha, MinEffect: c.o.MinEffect})
	out.Alpha, out.Tested, out.RoundsNeeded = family.Alpha, family.Tested, family.RoundsNeeded
	for i := range out.Rows {
		out.Rows[i].setJudgement(&family.Judgements[i], family, c.o.MinEffect)
	}
	for i := range c.o.Gates {
		if c.shared {
			out.Gates = append(out.Gates, GateResult{Expr: c.o.Gates[i].Expr, Reason: "the same run is on both sides"})
			continue
		}
		out.Gates = append(out.Gates, out.gateResults(&c.o.Gates[i])...)
	}
	return out, nil
}

func (r *Row) setJudgement(j *stats.Judgement, f *stats.Family, minEffect float64) {
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
	r.noise = j.Noise
	if j.Resolvable != nil {
		r.ResolvablePercent = new(100 * *j.Resolvable)
	}
	switch {
	case r.Verdict == stats.TooFewRuns:
		r.RoundsNeeded = f.RoundsNeeded
	case r.Verdict == stats.Same && minEffect > 0 && j.Noise != nil && (j.Resolvable == nil || *j.Resolvable > minEffect):
		r.RoundsNeeded = stats.RoundsFor(*j.Noise, minEffect, f.Alpha, f.Tested)
	}
}

// RoundsNeeded is how many rounds a side it takes before comparing runs such as
// r with any others can come to a verdict.
func RoundsNeeded(r *record.Run, o Options) (int, error) {
	c, err := Compare([]*record.Run{r}, []*record.Run{r}, o)
	if err != nil {
		return 0, err
	}
	return stats.RoundsNeeded(c.Alpha, len(c.Rows)), nil
}

// Count is how many rows came to a verdict.
func (c *Comparison) Count(v stats.Verdict) int {
	n := 0
	for i := range c.Rows {
		if c.Rows[i].Verdict == v {
			n++
		}
	}
	return n
}

func (c *Comparison) Named(v stats.Verdict) []string {
	var names []string
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Verdict == v {
			names = append(names, r.Flow+"."+r.Metric)
		}
	}
	return names
}
