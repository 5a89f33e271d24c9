//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// madeUp makes up the rounds of comparisons.
type madeUp struct {
	seed uint64
	all  bool       // compares every metric, and not the headlines only
	like madeup.Run // all rounds, without what is added
}

func newMadeUp(seed uint64, all bool) *madeUp {
	return &madeUp{seed: seed, all: all, like: madeup.NewRun(madePlan(1), criteria.Criteria{})}
}

func madePlan(flows int) *loadgen.Plan {
	plan := &loadgen.Plan{Name: "made-up", Seed: 1, Rounds: 1, Scenario: json.RawMessage(`{"name":"made-up"}`)}
	for i := range flows {
		name := flow
		if i > 0 {
			name = fmt.Sprintf("%s-%d", flow, i+1)
		}
		plan.Flows = append(plan.Flows, loadgen.Flow{
			Name: name, Target: loadgen.Target{Network: "tcp", Host: "127.0.0.1", Port: 25},
			Load: loadgen.Load{Sessions: 10, Duration: time.Second},
		})
	}
	return plan
}

// run makes up a run and reads it back.
func (lab *madeUp) run(m *madeup.Machine, added time.Duration) (*record.Run, error) {
	run := lab.like
	run.Added = []time.Duration{added}
	var file bytes.Buffer
	if err := m.Write(&file, run); err != nil {
		return nil, err
	}
	return record.ReadCourse(bytes.NewReader(file.Bytes()))
}

// median returns the median time of a message, without any change.
func (lab *madeUp) median(context.Context) (time.Duration, error) {
	run, err := lab.run(madeup.Steady(lab.seed, 0), 0)
	if err != nil {
		return 0, err
	}
	return figures.Of(run).Flows[flow].Phases["message"].Service.P50, nil
}

// compare makes up the rounds of comparison n and compares them. Like the command it makes
// them in the order A B B A.
func (lab *madeUp) compare(_ context.Context, c *change, added time.Duration, n int) (*outcome, error) {
	began := time.Now()
	m, o := madeup.NewMachine(lab.seed, uint64(n+1)), compare.Options{MinEffect: c.minEffect, All: lab.all}
	var runs [2][]*record.Run
	rounds := 1
	for round := 0; round < rounds; round++ {
		for _, side := range [2][2]int{{0, 1}, {1, 0}}[round%2] {
			run, err := lab.run(m, added*time.Duration(side))
			if err != nil {
				return nil, err
			}
			runs[side] = append(runs[side], run)
		}
		if round == 0 {
			needed, err := compare.RoundsNeeded(runs[0][0], o)
			if err != nil {
				return nil, err
			}
			rounds = needed + 2 // as ab does
		}
	}
	comparison, err := compare.Compare(runs[0], runs[1], o)
	if err != nil {
		return nil, err
	}
	out, err := c.judge(comparison)
	if err != nil {
		return nil, err
	}
	out.took, out.runs = time.Since(began), 2*rounds
	return out, nil
}
