package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Terms are what a run changes in the plan of its scenario: a search for the capacity runs
// one scenario at many rates, for example.
type Terms struct {
	Seed   uint64         `json:"seed"`
	Rounds int            `json:"rounds"`
	Warmup time.Duration  `json:"warmup_ns"`
	InTurn bool           `json:"in_turn"`
	Flows  []string       `json:"flows"`
	Loads  []loadgen.Load `json:"loads"` // by flow
}

// TermsOf are the terms of a plan.
func TermsOf(p *loadgen.Plan) Terms {
	t := Terms{Seed: p.Seed, Rounds: p.Rounds, Warmup: p.Warmup, InTurn: p.InTurn}
	for i := range p.Flows {
		t.Flows = append(t.Flows, p.Flows[i].Name)
		t.Loads = append(t.Loads, p.Flows[i].Load)
	}
	return t
}

func readTerms(data []byte) (Terms, error) {
	var t Terms
	if err := json.Unmarshal(data, &t); err != nil {
		return t, fmt.Errorf("the terms of the run: %w", err)
	}
	if !t.possible() {
		return t, errors.New("the terms of the run have numbers that no scenario has")
	}
	return t, nil
}

// possible tells whether a scenario may have such numbers, and their sums do not overflow.
func (t *Terms) possible() bool {
	const (
		mostRounds   = 1e6
		mostRate     = 1e9
		mostMessages = 1 << 53
		mostSessions = 1 << 24
		longest      = 100 * 365 * 24 * time.Hour // all of it
	)
	counts := func(most int64, list ...int64) bool {
		return !slices.ContainsFunc(list, func(n int64) bool { return n < 0 || n > most })
	}
	ok, seconds := t.Rounds > 0 && t.Rounds <= mostRounds && t.Warmup >= 0, 0.0
	for i := range t.Loads {
		l := &t.Loads[i]
		ok = ok && counts(mostMessages, l.Messages) && counts(mostSessions, int64(l.Sessions), int64(l.MaxSessions))
		ok = ok && l.Duration >= 0 && l.Ramp >= 0 && l.Unit <= loadgen.Messages && l.Process <= pace.Poisson
		seconds += t.Warmup.Seconds() + l.Duration.Seconds() + l.Ramp.Seconds()
		for _, stage := range l.Stages {
			ok = ok && stage.For >= 0 && stage.From >= 0 && stage.From <= mostRate && stage.To >= 0 && stage.To <= mostRate
			seconds += stage.For.Seconds()
		}
	}
	return ok && seconds*float64(t.Rounds) <= longest.Seconds()
}

// JobLoad is a Load that is a job of this process.
type JobLoad struct {
	*gauge.Job
	// Permit checks the plan by the agent's own rules; nil allows what Job.Check does.
	Permit func(context.Context, *loadgen.Plan) error
}

// Name is the scenario's.
func (l JobLoad) Name() string { return l.Plan.Name }

// Set changes the job's plan. Conditions that end a run early are left out: they are the
// whole fleet's, and its coordinator watches for them.
func (l JobLoad) Set(t Terms) error {
	p := l.Plan
	if len(t.Loads) != len(p.Flows) || len(t.Flows) != len(p.Flows) {
		return errors.New("the terms of the run are of other flows")
	}
	for i := range p.Flows {
		if p.Flows[i].Name != t.Flows[i] {
			return errors.New("the terms of the run are of other flows")
		}
		p.Flows[i].Load = t.Loads[i]
	}
	p.Seed, p.Rounds, p.Warmup, p.InTurn = t.Seed, t.Rounds, t.Warmup, t.InTurn
	l.Criteria = criteria.Criteria{Thresholds: l.Criteria.Thresholds, Baseline: l.Criteria.Baseline}
	return nil
}

// Check implements Load.
func (l JobLoad) Check(ctx context.Context) error {
	if l.Permit != nil {
		if err := l.Permit(ctx, l.Plan); err != nil {
			return err
		}
	}
	return l.Job.Fits()
}

// The bounds of what an agent found at a target.
const (
	mostFaults = 50
	mostFlows  = 20
)

func sentFaults(list []*check.Fault) []bus.Fault {
	var out []bus.Fault
	for _, f := range list[:min(len(list), mostFaults)] {
		out = append(out, bus.Fault{
			ID: string(f.ID), Flows: f.Flows[:min(len(f.Flows), mostFlows)], Target: shortened(f.Target), Says: shortened(f.Says), Do: shortened(f.Do), Passing: f.Passing,
		})
	}
	return out
}
