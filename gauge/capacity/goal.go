package capacity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Goal is a threshold that has to be kept, as the share of samples that may break it.
type Goal struct {
	Expr       string        `json:"expr"`        // the threshold
	Share      float64       `json:"share"`       // at most so many samples may be bad, 0 to 1
	Limit      time.Duration `json:"limit_ns"`    // a sample is bad over this; 0 if it is bad for another reason
	OfMessages bool          `json:"of_messages"` // each message is a sample

	threshold criteria.Threshold
	flow      int
}

// The goals of a flow for which none is given: mail is to be accepted, and within a time
// that tells a server that keeps up from one whose queue grows.
const (
	usualErrors  = "errors < 1%"
	usualLatency = "message.response.p99 < 5s"
)

// GoalsOf makes goals of thresholds. A flow without a goal for its errors, or for a
// latency of its messages, gets the usual one. The error says which text is no goal.
func GoalsOf(p *loadgen.Plan, thresholds []string) ([]Goal, error) {
	var goals []Goal
	add := func(text string, flows []loadgen.Flow) error {
		t, err := criteria.ParseThreshold(text)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		found := false
		for i := range p.Flows {
			name := p.Flows[i].Name
			if t.Flow != "" && t.Flow != name || !slices.ContainsFunc(flows, func(f loadgen.Flow) bool { return f.Name == name }) {
				continue
			}
			of := t
			if of.Flow == "" && len(p.Flows) > 1 {
				of = t.Of(name)
			}
			g, err := newGoal(of, i)
			if err != nil {
				return err
			}
			goals, found = append(goals, g), true
		}
		if !found {
			var names []string
			for i := range p.Flows {
				names = append(names, p.Flows[i].Name)
			}
			return fmt.Errorf("%s: no flow is named %.60q: known are %s", text, t.Flow, strings.Join(names, ", "))
		}
		return nil
	}
	for _, text := range thresholds {
		if err := add(text, p.Flows); err != nil {
			return nil, err
		}
	}
	given := slices.Clone(goals)
	for i := range p.Flows {
		only := p.Flows[i : i+1]
		if !slices.ContainsFunc(given, func(g Goal) bool { return g.flow == i && g.threshold.Metric.Kind == criteria.Errors }) {
			if err := add(usualErrors, only); err != nil {
				return nil, err
			}
		}
		if !slices.ContainsFunc(given, func(g Goal) bool { return g.flow == i && g.OfMessages && g.Limit > 0 }) {
			if err := add(usualLatency, only); err != nil {
				return nil, err
			}
		}
	}
	return goals, nil
}

// IsGoal tells whether a threshold can be a goal: why not, if it cannot.
func IsGoal(t criteria.Threshold) error {
	_, err := newGoal(t, 0)
	return err
}

func newGoal(t criteria.Threshold, flow int) (Goal, error) {
	g := Goal{Expr: t.Expr, threshold: t, flow: flow}
	if t.Op != "<" && t.Op != "<=" {
		return g, fmt.Errorf("%s is no goal for a capacity: want an upper limit, such as message.response.p99 < 250ms", t.Expr)
	}
	switch m := t.Metric; {
	case m.Drift:
		return g, fmt.Errorf("%s is no goal for a capacity: a trial is too short for a drift", t.Expr)
	case m.Kind == criteria.Errors && t.Limit > 0 && t.Limit < 1:
		g.Share, g.OfMessages = t.Limit, true
	case m.Kind == criteria.Errors && t.Limit >= 1:
		return g, fmt.Errorf("%s is no goal for a capacity: every server keeps it; want a share such as errors < 0.1%%", t.Expr)
	case m.Kind == criteria.Errors:
		return g, fmt.Errorf("%s is no goal for a capacity: no trial shows that there is never an error; want a share such as errors < 0.1%%", t.Expr)
	case m.Kind == criteria.Latency && m.Q > 0 && t.Limit <= 0:
		return g, fmt.Errorf("%s is no goal for a capacity: nothing takes less than no time; want a limit such as 250ms", t.Expr)
	case m.Kind == criteria.Latency && m.Q > 0:
		g.Share, g.Limit, g.OfMessages = 1-m.Q, time.Duration(t.Limit), m.Phase == sample.SpanMessage
	default:
		return g, fmt.Errorf("%s is no goal for a capacity: want a percentile or a share of errors, such as message.response.p99 < 250ms or errors < 0.1%%", t.Expr)
	}
	return g, nil
}

// times are what an interval of a run added to the times that the goal limits; nil if it
// limits none.
func (g *Goal) times(f *record.FlowProgress) *histogram.Histogram {
	if g.threshold.Metric.Kind != criteria.Latency {
		return nil
	}
	return f.Added(g.threshold.Metric.Phase, g.threshold.Metric.Part)
}

// count is what an interval of a run showed of the goal. attempted and unaccepted are the
// messages of the goal's flow that ended in it. A message without an answer broke a
// latency of messages.
func (g *Goal) count(f *record.FlowProgress, attempted, unaccepted int64) Count {
	if g.threshold.Metric.Kind == criteria.Errors {
		return Count{attempted, unaccepted}
	}
	h := g.times(f)
	c := Count{N: h.Count()}
	for d, n := range h.All() {
		if !g.threshold.Met(float64(d)) {
			c.Bad += n
		}
	}
	if missing := min(attempted-c.N, unaccepted); g.OfMessages && missing > 0 {
		c.N += missing
		c.Bad += missing
	}
	return c
}
