package loadgen

import (
	"testing"

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
