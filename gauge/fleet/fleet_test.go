package fleet

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// accepted is how many messages a run has of a flow.
func accepted(r *record.Run, flow int) int64 {
	return r.FlowTotal(flow, sample.Steady).Outcomes[sample.Accepted]
}

func TestTwoAgents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, nil)
		defer s.end()
		var file bytes.Buffer
		reports := 0
		began := time.Now()
		run, err := s.carry(gauge.Options{File: &file, OnInterval: func(*record.Progress) { reports++ }})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
		if accepted(run, 0) != 100 || accepted(run, 1) != 100 || run.Partial() || run.Interrupted() {
			t.Errorf("%d and %d accepted, partial %v, want 100 of each", accepted(run, 0), accepted(run, 1), run.Partial())
		}
		if reports < 9 {
			t.Errorf("%d reports", reports)
		}
		if len(run.Agents) != 2 {
			t.Fatalf("agents %+v", run.Agents)
		}
		for i, a := range run.Agents {
			if a.Lost != "" || a.Messages[sample.Accepted] != 100 || a.Number != i+1 || a.Of != 2 || a.Skew.Abs() > 10*time.Millisecond || a.OffsetError <= 0 {
				t.Errorf("agent %+v", a)
			}
		}
		merged, err := record.Merge(s.files[0][0].run(t), s.files[1][0].run(t))
		if err != nil {
			t.Fatal(err)
		}
		if accepted(merged, 0) != 100 || merged.SteadyLength(0) != run.SteadyLength(0) {
			t.Errorf("the agents' files: %d accepted in %v, want 100 in %v", accepted(merged, 0), merged.SteadyLength(0), run.SteadyLength(0))
		}
	})
}
