package results

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
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
func gated(t *testing.T, minEffect float64, gates ...string) *Run {
	t.Helper()
	p := twoFlows(1)
	h := testHeader(p)
	h.MinEffect, h.Gates = minEffect, gates
	return collectedAs(t, h, p, func(r sample.Recorder) { feed(r, 0) })
}

func TestDeclaredGates(t *testing.T) {
	runs := []*Run{gated(t, 0.03, "message.p99 > +5%", "errors > +0.1pp"), gated(t, 0.02, "errors > +0.1pp", "closed.rate < -3%")}
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
	if _, err := DeclaredGates([]*Run{gated(t, 0, "message.p12345 > +5%")}); err == nil || !strings.Contains(err.Error(), `gate "message.p12345 > +5%" of the run file: no metric`) {
		t.Error(err)
	}
}

func TestHostileGatesAreRefused(t *testing.T) {
	for want, change := range map[string]func(*Header){
		"line 1: 1001 gates":                     func(h *Header) { h.Gates = make([]string, 1001) },
		"line 1: a smallest effect of -1":        func(h *Header) { h.MinEffect = -1 },
		"line 1: a smallest effect of 1e+300, w": func(h *Header) { h.MinEffect = 1e300 },
	} {
		if _, err := Read(bytes.NewReader([]byte(withHeader(t, change)))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
