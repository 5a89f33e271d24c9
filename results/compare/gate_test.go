package compare

import (
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// Every metric that flows are compared by can be read off a round.
func TestEveryComparedMetricIsRead(t *testing.T) {
	for _, load := range []sample.LoadKind{sample.ClosedLoad, sample.OpenLoad} {
		for _, m := range comparedMetrics(load) {
			if m.of == nil {
				t.Errorf("under %s load, %s is never read", load, m.name)
			}
		}
	}
}

// gated is a run of a scenario that declares gates, through its file.
func gated(t *testing.T, minEffect float64, gates ...string) *record.Run {
	t.Helper()
	p := samples.TwoFlows(1)
	h := madeup.Header(p)
	h.MinEffect, h.Gates = minEffect, gates
	return madeup.Stored(t, h, p, func(r sample.Recorder) { samples.Feed(r, 0) })
}

func TestDeclaredGates(t *testing.T) {
	runs := []*record.Run{gated(t, 0.03, "message.p99 > +5%", "errors > +0.1pp"), gated(t, 0.02, "errors > +0.1pp", "closed.rate < -3%")}
	gates, err := DeclaredGates(runs)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, g := range gates {
		texts = append(texts, g.Expr)
	}
	if want := []string{"message.p99 > +5%", "errors > +0.1pp", "closed.rate < -3%"}; !slices.Equal(texts, want) || gates[2].Flow != "closed" {
		t.Errorf("%+v, want %q", gates, want)
	}
	if least := DeclaredMinEffect(runs); least != 0.02 {
		t.Errorf("a smallest effect of %v, want the least", least)
	}
	// Of a later version, or of nobody's.
	if _, err := DeclaredGates([]*record.Run{gated(t, 0, "message.p12345 > +5%")}); err == nil || !strings.Contains(err.Error(), `gate "message.p12345 > +5%" of the run file: no metric`) {
		t.Error(err)
	}
}
