package charts

import (
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// Curves are the percentile curves of every kind of time: first the one that messages are
// judged by, then those of each phase. There are none if there is no time at all.
func Curves(r *record.Run, res *figures.Result) []page.Curves {
	judged := page.Curves{Name: "message"}
	open := false
	for name, f := range res.FlowsInOrder() {
		open = open || f.Load == sample.OpenLoad
		judged.Flows = append(judged.Flows, newCurve(r.Histogram(name, sample.SpanMessage, f.Load.Judged())))
	}
	var list []page.Curves
	if slices.ContainsFunc(judged.Flows, func(c page.Curve) bool { return len(c.X) > 0 }) {
		list = append(list, judged)
	}
	for phase := range sample.Phase(sample.NumPhases) {
		for part, suffix := range [...]string{sample.Service: "", sample.Response: ", response", sample.Lag: ", lag"} {
			c := page.Curves{Name: phase.String() + suffix}
			if phase == sample.SpanMessage && part == int(sample.Service) {
				if !open {
					continue // it is the one judged
				}
				c.Name += ", service"
			}
			found := false
			for name := range res.FlowsInOrder() {
				x := newCurve(r.Histogram(name, phase, sample.Part(part)))
				found = found || len(x.X) > 0
				c.Flows = append(c.Flows, x)
			}
			if found {
				list = append(list, c)
			}
		}
	}
	return list
}

// newCurve reads a histogram at eleven points a decade of 1/(1-q), up to the slowest
// sample.
func newCurve(h *histogram.Histogram) page.Curve {
	c := page.Curve{X: page.Values{}, Y: page.Values{}}
	n := float64(h.Count())
	for k := 0; n > 0; k++ {
		x := min(n, curveSteps[k])
		v, _ := h.Quantile(1 - 1/x)
		if x == n {
			v, _ = h.Max()
		}
		c.X, c.Y = append(c.X, x), append(c.Y, milliseconds(v))
		if x == n {
			break
		}
	}
	return c
}

var curveSteps = func() []float64 {
	var steps []float64
	for decade := 1.0; decade < 1e19; decade *= 10 {
		for _, x := range [...]float64{1, 1.2, 1.5, 1.8, 2, 2.5, 3, 4, 5, 6.5, 8} {
			steps = append(steps, x*decade)
		}
	}
	return steps
}()

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
