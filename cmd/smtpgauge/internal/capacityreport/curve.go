package capacityreport

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The size of the curve's drawing, and of the margins around its plot.
const (
	curveWidth, curveHeight          = 720.0, 380.0
	marginLeft, marginBottom         = 90.0, 62.0
	marginTop, marginRight           = 16.0, 16.0
	plotWidth                        = curveWidth - marginLeft - marginRight
	plotHeight                       = curveHeight - marginTop - marginBottom
	shortest                 float64 = 1e4 // ns: no axis begins below 10 µs
)

// A curve is the latency against the rate, as a drawing. Rates are linear, because what
// matters is close to the capacity; times are logarithmic.
type curve struct {
	Width, Height, Left, Right, Top, Bottom float64
	RangeX, RangeWidth, BestX               float64 // the capacity; 0 if no rate is too high
	LeastX                                  float64 // the rate that it is at least, if no rate is too high; 0 if none passed
	Percentile                              string  // that marks and the upper line show: the one that the goal limits, or p99
	Goals                                   []goalLine
	Marks                                   []mark
	Median, Upper                           string // paths through the medians of each rate, without trials that are invalid or unanswered; "" of fewer than two
	Key                                     []mark // one of each outcome
	Rates, Times                            []tick
	Beyond                                  string // what is not drawn; "" if all trials are
}

// PlotHeight is how high the plot is.
func (c *curve) PlotHeight() float64 { return c.Bottom - c.Top }

// TimesAt is where the texts of the times end.
func (c *curve) TimesAt() float64 { return c.Left - 8 }

// RatesAt is the line of the texts of the rates.
func (c *curve) RatesAt() float64 { return c.Bottom + 18 }

// Larger tells whether a mark stands for several trials.
func (c *curve) Larger() bool {
	return slices.ContainsFunc(c.Marks, func(m mark) bool { return m.trials > 1 })
}

// GoalsAt is where the texts of the goals begin.
func (c *curve) GoalsAt() float64 { return c.Left + 6 }

// A goalLine is a time that a goal allows.
type goalLine struct {
	Y    float64
	Text string
}

type tick struct {
	At   float64
	Text string
}

// Anchor is the part of a rate's text that stands at the tick: its end at the right edge, beyond
// which the drawing is cut off.
func (t tick) Anchor() string {
	if t.At > curveWidth-marginRight-25 {
		return "end"
	}
	return "middle"
}

func newCurve(r *capacity.Report) *curve {
	percentile, timeOf := drawnPercentile(r)
	var trials []capacity.TrialReport
	for _, t := range byRate(r.Trials) {
		if t.Response != nil && timeOf(&t) > 0 {
			trials = append(trials, t)
		}
	}
	if len(trials) < 2 {
		return nil
	}
	// Rates far above the capacity would press the rest together.
	last := trials[len(trials)-1].Rate
	var beyond []string
	if n := len(r.Trials) - len(trials); n > 0 {
		beyond = append(beyond, fmt.Sprintf("%s without a %s of the response time", human.CountOf(int64(n), "trial"), printable.Text(percentile)))
	}
	if top := r.Capacity.Best * 1.4; r.Capacity.Best > 0 && r.Capacity.High > 0 {
		last = min(last, top)
		n := len(trials)
		trials = slices.DeleteFunc(trials, func(t capacity.TrialReport) bool { return t.Rate > top })
		if n -= len(trials); n > 0 {
			beyond = append(beyond, fmt.Sprintf("%s at rates over %s/s, 1.4 times the best guess", human.CountOf(int64(n), "trial"), human.Rate(top)))
		}
	}
	goals := drawnGoals(r, percentile)
	low, high := math.Inf(1), 0.0
	for i := range trials {
		t := &trials[i]
		low, high = min(low, max(shortest, float64(t.Response.P50))), max(high, shortest*10, float64(timeOf(t)))
	}
	for _, g := range goals {
		low, high = min(low, max(shortest, g.Limit)), max(high, 1.1*g.Limit)
	}
	low, high = math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	x := func(rate float64) float64 { return marginLeft + plotWidth*rate/(last*1.03) }
	y := func(ns float64) float64 {
		return marginTop + plotHeight*(high-math.Log10(max(shortest, ns)))/max(1, high-low)
	}
	c := &curve{
		Width: curveWidth, Height: curveHeight, Left: marginLeft, Right: curveWidth - marginRight, Top: marginTop, Bottom: curveHeight - marginBottom,
		Percentile: printable.Text(percentile),
	}
	if len(beyond) > 0 {
		c.Beyond = "Not drawn: " + strings.Join(beyond, ", and ") + ". The table has all trials."
	}
	for p := low; p <= high; p++ {
		ns := math.Pow(10, p)
		c.Times = append(c.Times, tick{y(ns), human.Figure(criteria.Time, ns)})
	}
	step := niceStep(last / 6)
	for v := 0.0; v <= last*1.03; v += step {
		c.Rates = append(c.Rates, tick{x(v), human.Rate(v)})
	}
	for _, g := range goals {
		c.Goals = append(c.Goals, goalLine{y(g.Limit), printable.Text(strings.Replace(g.Expr, "message.response.", "", 1))})
	}
	switch answer := r.Capacity; {
	case answer.High > 0 && answer.Best > 0:
		c.BestX, c.RangeX = x(answer.Best), x(answer.Low)
		c.RangeWidth = max(1, min(x(answer.High), c.Right)-x(answer.Low))
	case answer.Low > 0:
		c.LeastX = x(answer.Low)
	}
	var medians, uppers []point
	for i := range trials {
		t := &trials[i]
		at := point{x(t.Rate), y(float64(timeOf(t)))}
		title := fmt.Sprintf("%s/s: p50 %s, %s %s, %s", human.Rate(t.Rate), human.Duration(t.Response.P50), c.Percentile, human.Duration(timeOf(t)), t.Outcome)
		c.Marks = append(c.Marks, mark{at.x, at.y, markRadius, string(t.Outcome), title, 1})
		if t.Outcome == capacity.Invalid || t.Outcome == capacity.Unanswered { // which tells nothing of the server at that rate
			continue
		}
		medians = append(medians, point{at.x, y(float64(t.Response.P50))})
		uppers = append(uppers, at)
	}
	c.Marks, c.Key = arranged(c.Marks)
	c.Median, c.Upper = path(medians), path(uppers)
	return c
}

// drawnPercentile is the percentile of the response times that trials are drawn by: that of
// the first goal for them, as far as the trials have it; otherwise p99. Those of several
// flows together are known of p99 alone.
func drawnPercentile(r *capacity.Report) (name string, of func(*capacity.TrialReport) time.Duration) {
	for _, goal := range r.SLO {
		t, ok := responseGoal(goal)
		if !ok || len(r.Target) > 1 {
			continue
		}
		if t.Metric.Stat == "p99" {
			break
		}
		of = func(trial *capacity.TrialReport) time.Duration {
			i := slices.IndexFunc(trial.AtGoals, func(at capacity.AtGoal) bool { return at.Goal == goal })
			if i < 0 {
				return 0
			}
			return trial.AtGoals[i].Time
		}
		if slices.ContainsFunc(r.Trials, func(trial capacity.TrialReport) bool { return of(&trial) > 0 }) {
			return t.Metric.Stat, of
		}
	}
	return "p99", func(trial *capacity.TrialReport) time.Duration { return trial.Response.P99 }
}

// mostGoalLines is how many goals are drawn.
const mostGoalLines = 4

// drawnGoals are the goals for the percentiles that are drawn.
func drawnGoals(r *capacity.Report, percentile string) []criteria.Threshold {
	var list []criteria.Threshold
	for _, goal := range r.SLO {
		if t, ok := responseGoal(goal); ok && (t.Metric.Stat == percentile || t.Metric.Stat == "p50") && len(list) < mostGoalLines {
			list = append(list, t)
		}
	}
	return list
}

// responseGoal reads a goal for the response times of messages. A file may hold anything.
func responseGoal(goal string) (criteria.Threshold, bool) {
	t, err := criteria.ParseThreshold(goal)
	m := t.Metric
	return t, err == nil && m.Kind == criteria.Latency && m.Phase == sample.SpanMessage && m.Part == sample.Response && m.Q > 0 && t.Limit > 0
}

type point struct{ x, y float64 }

// path draws a line through points. Points that are less than a few pixels apart, such as
// the trials around the boundary, are one: their median.
func path(points []point) string {
	const near = 6.0
	text := ""
	for len(points) > 0 {
		n := 1
		for n < len(points) && points[n].x-points[0].x < near {
			n++
		}
		group := slices.Clone(points[:n])
		slices.SortFunc(group, func(a, b point) int { return cmp.Compare(a.y, b.y) })
		command := "L"
		if text == "" {
			command = "M"
		}
		text += fmt.Sprintf("%s%.1f %.1f", command, (points[0].x+points[n-1].x)/2, group[n/2].y)
		points = points[n:]
	}
	if !strings.Contains(text, "L") { // one point is no line
		return ""
	}
	return text
}

// niceStep is the smallest of 1, 2, 5, 10 ... that is not below v.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v {
			return m * power
		}
	}
	return 10 * power
}
