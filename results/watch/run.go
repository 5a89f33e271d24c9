package watch

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A run is what of a run under way is needed from one second to the next. Begin and
// Observe are not called at the same time.
type run struct {
	targets []string
	loads   []sample.LoadKind // by flow
	errors  map[string]int64  // by class, so far
}

// maxTargets is how many flows the head of the page names with what they load.
const maxTargets = 8

// Begin begins the course of a run of p that is about to start, and forgets the one
// before.
func (s *Server) Begin(p *loadgen.Plan) {
	s.run = run{errors: map[string]int64{}}
	header := record.NewHeader(p, criteria.Criteria{})
	for i := range p.Flows {
		s.run.loads = append(s.run.loads, p.Flows[i].Load.Kind())
		switch {
		case i < maxTargets:
			s.run.targets = append(s.run.targets, printable.Text(fmt.Sprintf("%s: %s, %s", p.Flows[i].Name, p.Flows[i].Target.Host, header.Flows[i].Label())))
		case i == maxTargets:
			s.run.targets = append(s.run.targets, fmt.Sprintf("and %s", human.CountOf(int64(len(p.Flows)-maxTargets), "more flow")))
		}
	}
	s.stream.begin()
}

// Observe adds a second to the course: how the run stands after it, and what was
// measured in it. i has to be valid during the call only.
func (s *Server) Observe(standing *live.Standing, i *record.Progress) {
	state := stateOf(standing)
	state.Targets = s.run.targets
	if len(i.Parts) > 0 {
		state.Agents, state.Brief, state.Rest = agentsOf(i)
	}
	s.stream.add(encoded(state), s.run.point(standing, i))
}

// leastInterval is the shortest interval with a point of its own: a rate of less says
// little. The last interval of a run is short.
const leastInterval = time.Second / 2

// A point is what was measured in an interval. Lists are by flow.
type point struct {
	At       figure            `json:"at"`    // seconds since the run's start
	Place    string            `json:"place"` // the round and stage, or the flow that has its turn
	Offered  []figure          `json:"offered"`
	Accepted []figure          `json:"accepted"`
	P50      []figure          `json:"p50"` // milliseconds
	P99      []figure          `json:"p99"`
	Errors   map[string]figure `json:"errors"` // a second, by class
}

// point is an interval's; nil if it is too short.
func (r *run) point(standing *live.Standing, i *record.Progress) json.RawMessage {
	if i.Length < leastInterval {
		return nil // its errors count in the next
	}
	p := point{At: figure(i.Elapsed.Seconds()), Place: placeOf(standing), Errors: map[string]figure{}}
	for k := range i.Flows {
		f := &standing.Flows[k]
		offered := figure(math.NaN())
		if f.OffersNumber {
			offered = figure(f.Offered)
		}
		accepted := figure(f.Accepted)
		if f.State != live.UnderWay && accepted == 0 {
			accepted, offered = figure(math.NaN()), figure(math.NaN()) // it has no turn
		}
		p.Offered, p.Accepted = append(p.Offered, offered), append(p.Accepted, accepted)
		h := i.Flows[k].Added(sample.SpanMessage, r.loads[k].Judged())
		p50, ok := h.Quantile(0.5)
		p99, _ := h.Quantile(0.99)
		p.P50, p.P99 = append(p.P50, milliseconds(p50, ok)), append(p.P99, milliseconds(p99, ok))
	}
	for _, e := range live.ErrorsOf(standing.Flows) {
		if n := e.Count - r.errors[e.Class]; n > 0 {
			// Parts of a second are not scaled up.
			p.Errors[e.Class] = figure(float64(n) / max(1, i.Length.Seconds()))
		}
		r.errors[e.Class] = e.Count
	}
	return encoded(p)
}

// placeOf names what the course is in, for a mark at its beginning: the flow if one alone
// has its turn, the round and the stage.
func placeOf(s *live.Standing) string {
	var parts []string
	if flows := s.UnderWay(); len(flows) == 1 && len(s.Flows) > 1 {
		parts = append(parts, printable.Text(flows[0].Name))
	}
	if s.RoundText() != "" {
		parts = append(parts, s.RoundText())
	}
	stage, _, _ := strings.Cut(s.StageText(), ":") // without its rate, which the chart shows
	if stage != "" {
		parts = append(parts, stage)
	}
	return strings.Join(parts, ", ")
}

func milliseconds(d time.Duration, ok bool) figure {
	if !ok {
		return figure(math.NaN())
	}
	return figure(float64(d) / float64(time.Millisecond))
}

// A figure is a number for a chart; NaN is a gap.
type figure float64

// MarshalJSON writes five significant digits, more than a screen shows.
func (f figure) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(f), 'g', 5, 64), nil
}

func encoded(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // shapes of this package, without cycles or channels
	}
	return data
}
