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

func TestPartsAreParsedByTheirNames(t *testing.T) {
	for p := range sample.Part(sample.NumParts) {
		if got, ok := sample.ParsePart(p.String()); got != p || !ok {
			t.Errorf("%s is read as %s, %v", p, got, ok)
		}
	}
	if p, ok := sample.ParsePart("p99"); ok {
		t.Errorf("p99 is read as %s", p)
	}
}
