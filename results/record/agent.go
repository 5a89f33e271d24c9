package record

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Place is the place of an agent in a fleet: several generators that carry out one run
// together, each with a run file of its own.
type Place struct {
	Name   string `json:"name"`
	Number int    `json:"number"` // from 1
	Of     int    `json:"of"`     // agents of the run
	Fleet  string `json:"fleet"`  // what all agents of the run have in common, and no other run

	// Offset is by how much the agent's clock is ahead of its coordinator's, as the
	// coordinator measured it before the start, with its error in both directions. The
	// agent's file has times of the agent's clock. Whoever reads it takes Offset off.
	Offset      time.Duration `json:"offset_ns"`
	OffsetError time.Duration `json:"offset_error_ns"`
}

// An Agent is what became of an agent in the run of a fleet.
type Agent struct {
	Place
	ID      string        // of the agent's own file
	Host    string        // it ran on
	Version string        // of its program
	Lost    string        // why its part is not whole; "" if it is
	Away    time.Duration // how long nothing was heard of it, although its part is whole in the end
	Skew    time.Duration // from when the fleet was to start to when the agent did

	Messages tally.Outcomes         // of all flows, without the warm-up
	Counts   []tally.Outcomes       // by flow
	Times    []*histogram.Histogram // by flow: of messages, as the flow's load is judged by; nil if there are none
}

// newAgent returns what is known of an agent from the header of its file.
func newAgent(h *Header) Agent {
	a := Agent{Place: *h.Agent, ID: h.ID, Host: h.Environment.Host, Version: h.Environment.Version}
	a.empty(h)
	return a
}

// empty makes room for what comes to the flows of a run.
func (a *Agent) empty(h *Header) {
	a.Times, a.Counts = make([]*histogram.Histogram, len(h.Flows)), make([]tally.Outcomes, len(h.Flows))
}

// add adds what came to a series of the agent's.
func (a *Agent) add(h *Header, s sample.Series, t *tally.Total) {
	if s.Stage != sample.Steady {
		return
	}
	for o, n := range t.Outcomes {
		a.Messages[o] += n
		a.Counts[s.Flow][o] += n
	}
	if times := t.Hists[tally.SlotOf(sample.SpanMessage, h.Flows[s.Flow].Load().Judged())]; times.Count() > 0 {
		if a.Times[s.Flow] == nil {
			a.Times[s.Flow] = histogram.New()
		}
		a.Times[s.Flow].Merge(times)
	}
}

// mergeAgents lists the agents of the runs that are put together. The error says that they
// are of different fleets.
func (r *Run) mergeAgents(runs []*Run) error {
	for i, from := range runs {
		r.Agents = append(r.Agents, from.Agents...)
		h := &from.Header
		if len(from.Agents) > 0 || h.Agent == nil {
			continue
		}
		a := newAgent(h)
		for s, t := range from.totals {
			a.add(h, s, t)
		}
		if from.Partial() {
			a.Lost = "its file has lost its end"
		}
		if n := len(r.Agents); n > 0 && (r.Agents[0].Fleet != a.Fleet || r.Agents[0].Of != a.Of) {
			return fmt.Errorf("%s is of another run of a fleet than %s", runName(runs, i), runName(runs, 0))
		}
		r.Agents = append(r.Agents, a)
	}
	return nil
}

// agentLine is an Agent in a run file: what is known of it.
type agentLine struct {
	Type string `json:"type"`
	Place
	ID      string               `json:"id,omitempty"`
	Host    string               `json:"host"`
	Version string               `json:"version"`
	Lost    string               `json:"lost,omitempty"`
	Away    time.Duration        `json:"away_ns,omitempty"`
	Skew    time.Duration        `json:"skew_ns"`
	Flows   map[string]agentFlow `json:"flows,omitempty"`
}

// agentFlow is an agent's part of a flow.
type agentFlow struct {
	Outcomes tally.Outcomes `json:"outcomes"`
	Times    string         `json:"times,omitempty"`
}

func (h *Header) agentLine(a *Agent) agentLine {
	l := agentLine{
		Type: agentType, Place: a.Place, ID: a.ID, Host: a.Host, Version: a.Version, Lost: a.Lost, Away: a.Away, Skew: a.Skew,
		Flows: map[string]agentFlow{},
	}
	for i := range h.Flows {
		f := agentFlow{Outcomes: a.Counts[i]}
		if a.Times[i].Count() > 0 {
			f.Times = a.Times[i].Encode()
		}
		if f != (agentFlow{}) {
			l.Flows[h.Flows[i].Name] = f
		}
	}
	return l
}

// readAgent reads a line back. A later line of the same agent takes the place of an earlier.
func (r *Run) readAgent(l *agentLine) error {
	if err := l.Place.check(); err != nil {
		return err
	}
	if l.Away < 0 || l.Away > maxSpan || l.Skew.Abs() > maxSpan {
		return fmt.Errorf("agent %d is away for %d ns and starts %d ns late", l.Number, l.Away, l.Skew)
	}
	a := Agent{Place: l.Place, ID: l.ID, Host: l.Host, Version: l.Version, Lost: l.Lost, Away: l.Away, Skew: l.Skew}
	a.empty(&r.Header)
	for name, f := range l.Flows {
		i, err := r.flowNamed(name)
		if err != nil {
			return err
		}
		for o, n := range f.Outcomes {
			if n < 0 || n > histogram.MaxCount {
				return fmt.Errorf("a count of %d, want 0 to %d", n, int64(histogram.MaxCount))
			}
			a.Messages[o] += n
		}
		a.Counts[i] = f.Outcomes
		if f.Times != "" {
			a.Times[i] = histogram.New()
			if err := a.Times[i].Decode([]byte(f.Times), histogram.MaxCount); err != nil {
				return fmt.Errorf("times of agent %d: %w", l.Number, err)
			}
		}
	}
	for i := range r.Agents {
		if r.Agents[i].Number == a.Number {
			r.Agents[i] = a
			return nil
		}
	}
	if len(r.Agents) >= MaxAgents {
		return fmt.Errorf("over %d agents", MaxAgents)
	}
	r.Agents = append(r.Agents, a)
	if a.ID != "" {
		r.identities = append(r.identities, a.ID)
	}
	return nil
}

// MaxAgents bounds the agents of a run.
const MaxAgents = 10_000

// check refuses a place that no agent has.
func (p *Place) check() error {
	switch {
	case p.Number < 1 || p.Number > p.Of || p.Of > MaxAgents:
		return fmt.Errorf("agent %d of %d, want at most %d", p.Number, p.Of, MaxAgents)
	case p.Offset.Abs() > maxSpan || p.OffsetError < 0 || p.OffsetError > maxSpan:
		return fmt.Errorf("agent %d has a clock that is %d ns ahead, with an error of %d ns", p.Number, p.Offset, p.OffsetError)
	}
	return nil
}

// common is a time of the file's clock as the fleet's coordinator has it.
func (h *Header) common(t sample.Instant) sample.Instant {
	if h.Agent == nil || t == 0 {
		return t
	}
	return max(0, t.Add(-h.Agent.Offset))
}
