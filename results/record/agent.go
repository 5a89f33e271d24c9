package record

import (
	"cmp"
	"fmt"
	"slices"
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

	// Start is when all agents were to begin, by their coordinator's clock.
	Start sample.Instant `json:"start"`

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

// newAgent returns what is known of an agent from the header of its file. Its skew is known
// if the header has times of the coordinator's clock.
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

// checkFleets refuses runs of different fleets, and what would count twice: the run of an
// agent beside that of its whole fleet, and two of one agent.
func checkFleets(runs []*Run) error {
	wholes, numbers := map[string]int{}, map[int]int{}
	first, fleet := -1, ""
	for i, r := range runs {
		wholes[r.Header.ID] = i
		own := ""
		switch {
		case r.Header.Agent != nil:
			own = r.Header.Agent.Fleet
		case len(r.Agents) > 0:
			own = r.Agents[0].Fleet
		default:
			continue
		}
		if first < 0 {
			first, fleet = i, own
		}
		if own != fleet {
			return fmt.Errorf("%s is of another run of a fleet than %s: only the files of one run merge", runName(runs, i), runName(runs, first))
		}
	}
	for i, r := range runs {
		a := r.Header.Agent
		if a == nil {
			continue
		}
		if k, found := wholes[a.Fleet]; found {
			return fmt.Errorf("%s is of the whole fleet, and has what is in %s: leave one of them out", runName(runs, k), runName(runs, i))
		}
		if k, twice := numbers[a.Number]; twice && runs[k].Header.ID != r.Header.ID {
			return fmt.Errorf("%s and %s are both of agent %d: leave one of them out", runName(runs, k), runName(runs, i), a.Number)
		}
		numbers[a.Number] = i
	}
	return nil
}

// StillFor is how long a loop of an agent may stand still in an interval, before that spoils
// the agent's part: its load was not the one that was asked for.
const StillFor = 2 * time.Second

// StoodStill says that an agent's part is not whole because its loop stood still; "" if that
// was not for long.
func StoodStill(stood time.Duration) string {
	if stood < StillFor {
		return ""
	}
	return fmt.Sprintf("it stood still for %.1f s", stood.Seconds())
}

// everyoneDeserted tells whether the coordinator was silent for all whose files have an end. If
// it was not for some, then it was there, and the others were cut off.
func everyoneDeserted(runs []*Run) bool {
	some := false
	for _, r := range runs {
		if r.Closing != nil && !r.Closing.Deserted {
			return false
		}
		some = some || r.Closing != nil
	}
	return some
}

// mergeAgents lists the agents of the runs that are put together. deserted says that all of
// them ended early.
func (r *Run) mergeAgents(runs []*Run, deserted bool) {
	for _, from := range runs {
		r.ofAgents = r.ofAgents || from.OfAgents()
		r.Agents = append(r.Agents, from.Agents...)
		h := &from.Header
		if len(from.Agents) > 0 || h.Agent == nil {
			continue
		}
		a := newAgent(h)
		if a.Start > 0 {
			a.Skew = h.Started.Sub(a.Start.Time())
		}
		for s, t := range from.totals {
			a.add(h, s, t)
		}
		a.Lost = StoodStill(from.stood)
		if from.Deserted() && !deserted {
			a.Lost = "it did not hear of its coordinator, and ended early"
		}
		if from.Partial() {
			a.Lost = "its file has lost its end"
		}
		r.Agents = append(r.Agents, a)
	}
	alone := func(from *Run) bool { return from.Header.Agent == nil || from.Header.Agent.Start == 0 }
	if !slices.ContainsFunc(runs, alone) { // the coordinator's file begins with that too
		r.Header.Started = runs[0].Header.Agent.Start.Time().UTC()
	}
	slices.SortStableFunc(r.Agents, func(a, b Agent) int { return cmp.Compare(a.Number, b.Number) })
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
	case p.Start < 0:
		return fmt.Errorf("agent %d begins at %d, before there were clocks", p.Number, p.Start)
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
