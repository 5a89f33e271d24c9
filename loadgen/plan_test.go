package loadgen

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestLoadsAreJudgedByTheirKind(t *testing.T) {
	closed, open := Load{Sessions: 1}, Load{Stages: []pace.Stage{{For: 1, From: 1, To: 1}}}
	if closed.Open() || closed.Kind() != sample.ClosedLoad || closed.Kind().Judged() != sample.Service {
		t.Errorf("a closed load is %s, judged by %s", closed.Kind(), closed.Kind().Judged())
	}
	if !open.Open() || open.Kind() != sample.OpenLoad || open.Kind().Judged() != sample.Response {
		t.Errorf("an open load is %s, judged by %s", open.Kind(), open.Kind().Judged())
	}
}

func TestEvenGap(t *testing.T) {
	p := plan(Load{Sessions: 3})
	if gap, flow := p.EvenGap(); gap != 0 || flow != "" {
		t.Errorf("a closed load has a gap of %v in %q", gap, flow)
	}
	fast := p.Flows[0]
	fast.Name, fast.Load = "fast", Load{Stages: []pace.Stage{{For: time.Second, From: 10, To: 1000}, {For: time.Second}}}
	random := p.Flows[0]
	random.Name, random.Load = "random", Load{Stages: stage(time.Second, 5000), Process: pace.Poisson}
	p.Flows = append(p.Flows, fast, random)
	if gap, flow := p.EvenGap(); gap != time.Millisecond || flow != "fast" {
		t.Errorf("the gap is %v in %q, want 1ms in fast", gap, flow)
	}
}
