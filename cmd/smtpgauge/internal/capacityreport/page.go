package capacityreport

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// A pageData is what the page shows. Its texts are printable.
type pageData struct {
	Title, Verdict, Class string
	Notes                 []string
	Curve                 *curve   // nil if there is nothing to draw
	Goals                 []string // names of the goals' percentiles, as in the table
	Trials                []pageTrial
}

type pageTrial struct {
	Rate, Achieved, P50, P99 string
	Goals                    []namedTime
	Errors, CutOff           int64
	Seconds                  int
	Outcome, Stage, Why      string
}

// A namedTime is a percentile that a goal limits.
type namedTime struct{ Name, Time string }

func writePage(w io.Writer, r *capacity.Report) error {
	d := pageData{Title: printable.Text(r.Name), Verdict: printable.Text(r.Verdict.String()), Class: "open", Curve: newCurve(r)}
	switch {
	case r.Verdict.Word == criteria.Pass:
		d.Class = "good"
	case r.Verdict.Bad():
		d.Class = "bad"
	}
	for _, n := range notes(r) {
		d.Notes = append(d.Notes, printable.Text(n))
	}
	goals := goalColumns(r)
	for i := range goals {
		d.Goals = append(d.Goals, goals[i].name)
	}
	for _, t := range byRate(r.Trials) {
		p50, p99 := times(t.Response)
		row := pageTrial{
			Rate: human.Rate(t.Rate), Achieved: human.Rate(t.Achieved), P50: p50, P99: p99, Errors: t.Errors, CutOff: t.CutOff,
			Seconds: t.Seconds, Outcome: string(t.Outcome), Stage: string(t.Stage), Why: printable.Text(t.Why),
		}
		for i := range goals {
			row.Goals = append(row.Goals, namedTime{d.Goals[i], goals[i].of(&t)})
		}
		d.Trials = append(d.Trials, row)
	}
	return pageTemplate.Execute(w, d)
}

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
	RangeX, RangeWidth, BestX               float64 // the capacity; RangeWidth is 0 if no rate is too high
	Dots                                    []dot
	P50, P99                                string             // paths through the medians of each rate, without invalid trials; "" of fewer than two
	Outcomes                                []capacity.Outcome // of the dots
	Rates, Times                            []tick
	Beyond                                  string // what is not drawn; "" if all trials are
}

// PlotHeight is how high the plot is.
func (c *curve) PlotHeight() float64 { return c.Bottom - c.Top }

// TimesAt is where the texts of the times end.
func (c *curve) TimesAt() float64 { return c.Left - 8 }

// RatesAt is the line of the texts of the rates.
func (c *curve) RatesAt() float64 { return c.Bottom + 18 }

type dot struct {
	X, Y  float64
	Class string // the trial's outcome
	Title string
}

type tick struct {
	At   float64
	Text string
}

func newCurve(r *capacity.Report) *curve {
	var trials []capacity.TrialReport
	for _, t := range byRate(r.Trials) {
		if t.Response != nil {
			trials = append(trials, t)
		}
	}
	if len(trials) < 2 {
		return nil
	}
	// Rates far above the capacity would press the rest together.
	last, beyond := trials[len(trials)-1].Rate, ""
	if top := r.Capacity.Best * 1.4; r.Capacity.Best > 0 && r.Capacity.High > 0 {
		last = min(last, top)
		n := len(trials)
		trials = slices.DeleteFunc(trials, func(t capacity.TrialReport) bool { return t.Rate > top })
		if n -= len(trials); n > 0 {
			beyond = fmt.Sprintf("Not drawn: %s at rates over %s/s, 1.4 times the best guess. The table has all trials.", human.CountOf(int64(n), "trial"), human.Rate(top))
		}
	}
	low, high := math.Inf(1), 0.0
	for _, t := range trials {
		low, high = min(low, max(shortest, float64(t.Response.P50))), max(high, shortest*10, float64(t.Response.P99))
	}
	low, high = math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	x := func(rate float64) float64 { return marginLeft + plotWidth*rate/(last*1.03) }
	y := func(ns float64) float64 {
		return marginTop + plotHeight*(high-math.Log10(max(shortest, ns)))/max(1, high-low)
	}
	c := &curve{Width: curveWidth, Height: curveHeight, Left: marginLeft, Right: curveWidth - marginRight, Top: marginTop, Bottom: curveHeight - marginBottom, Beyond: beyond}
	for p := low; p <= high; p++ {
		ns := math.Pow(10, p)
		c.Times = append(c.Times, tick{y(ns), human.Figure(criteria.Time, ns)})
	}
	step := niceStep(last / 6)
	for v := 0.0; v <= last*1.03; v += step {
		c.Rates = append(c.Rates, tick{x(v), human.Rate(v)})
	}
	if best := r.Capacity; best.Best > 0 {
		c.BestX, c.RangeX = x(best.Best), x(best.Low)
		if best.High > 0 {
			c.RangeWidth = max(1, min(x(best.High), c.Right)-x(best.Low))
		}
	}
	var p50, p99 []point
	for _, t := range trials {
		title := fmt.Sprintf("%s/s: p50 %s, p99 %s, %s", human.Rate(t.Rate), human.Duration(t.Response.P50), human.Duration(t.Response.P99), t.Outcome)
		c.Dots = append(c.Dots, dot{x(t.Rate), y(float64(t.Response.P99)), string(t.Outcome), title})
		if !slices.Contains(c.Outcomes, t.Outcome) {
			c.Outcomes = append(c.Outcomes, t.Outcome)
		}
		if t.Outcome == capacity.Invalid { // which tells nothing of the server
			continue
		}
		p50 = append(p50, point{x(t.Rate), y(float64(t.Response.P50))})
		p99 = append(p99, point{x(t.Rate), y(float64(t.Response.P99))})
	}
	c.P50, c.P99 = path(p50), path(p99)
	return c
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
