package loadgen

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

func TestLoadsAreJudgedByTheirKind(t *testing.T) {
	closed, open := Load{Sessions: 1}, Load{Stages: []pace.Stage{{For: 1, From: 1, To: 1}}}
	if closed.Open() || closed.Kind() != ClosedLoad || closed.Kind().Judged() != Service {
		t.Errorf("a closed load is %s, judged by %s", closed.Kind(), closed.Kind().Judged())
	}
	if !open.Open() || open.Kind() != OpenLoad || open.Kind().Judged() != Response {
		t.Errorf("an open load is %s, judged by %s", open.Kind(), open.Kind().Judged())
	}
}

func TestPartsAreParsedByTheirNames(t *testing.T) {
	for p := range Part(NumParts) {
		if got, ok := ParsePart(p.String()); got != p || !ok {
			t.Errorf("%s is read as %s, %v", p, got, ok)
		}
	}
	if p, ok := ParsePart("p99"); ok {
		t.Errorf("p99 is read as %s", p)
	}
}
