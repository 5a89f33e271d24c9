package figures

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// EachRound returns the flow's rounds. A flow of a single round is that round.
func (f *Flow) EachRound() []Round {
	if len(f.Rounds) > 0 {
		return f.Rounds
	}
	return []Round{f.whole()}
}

// whole is the flow as if all its rounds were one.
func (f *Flow) whole() Round {
	r := Round{Round: 1, Messages: f.Messages, Rate: f.Rate}
	p := f.Phase(sample.SpanMessage)
	r.Message, r.Response = p.Time(sample.Service), p.Time(sample.Response)
	return r
}

// Judged returns the message times that a round is judged by: response times under
// open load, service times otherwise. It is nil if there are none.
func (r *Round) Judged(load sample.LoadKind) *Distribution {
	if load.Judged() == sample.Response {
		return r.Response
	}
	return r.Message
}

// A Headline is one of the few figures a flow is followed by over many runs,
// with what it was in each round.
type Headline struct {
	Name   string // p50, p99, rate or errors
	Value  float64
	Rounds []float64 // empty if there is only one round
	Drift  *Drift    // nil if it has none, or if that is not known
}

// drift is the drift of a headline; nil if it is not known.
func (f *Flow) drift(headline string) *Drift {
	for _, known := range criteria.Drifts(f.Load) {
		m := known.Metric
		is := known.Name == headline
		if m.Kind == criteria.Latency {
			is = m.Phase == sample.SpanMessage && m.Part == f.Load.Judged() && m.Stat == headline
		}
		if d := f.Drift[known.Name]; is && d != nil && d.Known {
			return d
		}
	}
	return nil
}

// HeadlineKinds are the headlines, and how each is read off a round: p50 and p99 in
// ns, rate in messages/s, and errors as a share (0 to 1).
var HeadlineKinds = []struct {
	name   string
	Figure func(f *Flow, r *Round) (float64, bool)
}{
	{"p50", func(f *Flow, r *Round) (float64, bool) {
		return figureOf(r.Judged(f.Load), func(d *Distribution) time.Duration { return d.P50 })
	}},
	{"p99", func(f *Flow, r *Round) (float64, bool) {
		return figureOf(r.Judged(f.Load), func(d *Distribution) time.Duration { return d.P99 })
	}},
	{"rate", func(f *Flow, r *Round) (float64, bool) { return r.Rate, f.Window > 0 }},
	{"errors", func(_ *Flow, r *Round) (float64, bool) { return r.Messages.ErrorShare() }},
}

func figureOf(d *Distribution, figure func(*Distribution) time.Duration) (float64, bool) {
	if d == nil {
		return 0, false
	}
	return float64(figure(d)), true
}

// Headlines are a flow's figures in short, as HeadlineKinds has them. What was not
// measured is not among them.
func (f *Flow) Headlines() []Headline {
	var list []Headline
	whole := f.whole()
	for _, kind := range HeadlineKinds {
		value, ok := kind.Figure(f, &whole)
		if !ok {
			continue
		}
		h := Headline{Name: kind.name, Value: value, Drift: f.drift(kind.name)}
		for i := range f.Rounds {
			if v, ok := kind.Figure(f, &f.Rounds[i]); ok {
				h.Rounds = append(h.Rounds, v)
			}
		}
		list = append(list, h)
	}
	return list
}

// Offered is how many arrivals an open load had a second while the figures were taken,
// and what arrived: msg/s or sessions/s. It is 0 under closed load, and if it is not
// known.
func (f *Flow) Offered() (rate float64, unit string) {
	if f.Late == nil {
		return 0, ""
	}
	// Every arrival is looked at once, which is when its lateness is taken.
	return PerSecond(f.Late.Count, f.Window), f.arrives
}

// Judged returns the message times that a flow is judged by: response times under
// open load, service times otherwise. It is nil if there are none.
func (f *Flow) Judged() *Distribution {
	return f.Phase(sample.SpanMessage).Time(f.Load.Judged())
}
