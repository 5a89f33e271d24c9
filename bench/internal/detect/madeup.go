//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results"
)

// madeUp makes up the rounds of comparisons: by random numbers, but through
// the recorder, the run file and the reader that true ones go through.
type madeUp struct {
	seed   uint64
	header results.Header
	plan   *loadgen.Plan
}

// What is made up of a run: so many messages a second, in sessions that each
// last one.
const (
	madeRate     = 200
	madeSeconds  = 1
	madeSessions = 10
)

func newMadeUp(seed uint64) *madeUp {
	plan := madePlan(1, madeSeconds)
	return &madeUp{seed: seed, header: results.NewHeader(plan), plan: plan}
}

func madePlan(flows, seconds int) *loadgen.Plan {
	plan := &loadgen.Plan{Name: "made-up", Seed: 1, Rounds: 1, Scenario: json.RawMessage(`{"name":"made-up"}`)}
	for i := range flows {
		name := flow
		if i > 0 {
			name = fmt.Sprintf("%s-%d", flow, i+1)
		}
		plan.Flows = append(plan.Flows, loadgen.Flow{
			Name: name, Target: loadgen.Target{Network: "tcp", Host: "127.0.0.1", Port: 25},
			Load: loadgen.Load{Sessions: madeSessions, Duration: time.Duration(seconds) * time.Second},
		})
	}
	return plan
}

// run makes a run up and reads it back.
func (m *machine) run(lab *madeUp, added time.Duration) (*results.Run, error) {
	var file bytes.Buffer
	if err := m.write(&file, lab.header, lab.plan, madeSeconds, added); err != nil {
		return nil, err
	}
	return results.ReadTotals(bytes.NewReader(file.Bytes()))
}

// median is that of the times of messages, without any change.
func (lab *madeUp) median(context.Context) (time.Duration, error) {
	run, err := (&machine{random: rand.New(rand.NewPCG(lab.seed, 0))}).run(lab, 0)
	if err != nil {
		return 0, err
	}
	return time.Duration(run.Result().Flows[flow].Phases["message"].Service.P50), nil
}

// compare makes up the rounds of comparison n, in the order A B B A as the
// command does, and compares them.
func (lab *madeUp) compare(_ context.Context, c *change, added time.Duration, n int) (*outcome, error) {
	began := time.Now()
	m, o := newMachine(lab.seed, uint64(n+1)), results.CompareOptions{MinEffect: c.minEffect}
	var runs [2][]*results.Run
	turns := 1
	for turn := 0; turn < turns; turn++ {
		for _, side := range [2][2]int{{0, 1}, {1, 0}}[turn%2] {
			run, err := m.run(lab, added*time.Duration(side))
			if err != nil {
				return nil, err
			}
			runs[side] = append(runs[side], run)
		}
		if turn == 0 {
			needed, err := results.RoundsNeeded(runs[0][0], o)
			if err != nil {
				return nil, err
			}
			turns = needed + 2 // as ab does
		}
	}
	comparison, err := results.Compare(runs[0], runs[1], o)
	if err != nil {
		return nil, err
	}
	out, err := c.judge(comparison)
	if err != nil {
		return nil, err
	}
	out.took, out.runs = time.Since(began), 2*turns
	return out, nil
}
