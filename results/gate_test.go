package results

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/gate"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A gate can be about whatever is compared, and about nothing else.
func TestGatesAreAboutWhatIsCompared(t *testing.T) {
	kinds := map[figureKind]gate.Kind{kindTime: gate.Time, kindShare: gate.Share, kindRate: gate.Rate}
	for load, open := range map[sample.LoadKind]bool{sample.ClosedLoad: false, sample.OpenLoad: true} {
		var compared []gate.Metric
		for _, m := range comparedMetrics(load) {
			compared = append(compared, gate.Metric{Name: m.name, Kind: kinds[m.kind]})
		}
		if !slices.Equal(compared, gate.Metrics(open)) {
			t.Errorf("open load %v: compared are\n%v, gates are about\n%v", open, compared, gate.Metrics(open))
		}
	}
}

// gated is a run of a plan that declares gates, through its file.
func gated(t *testing.T, minEffect float64, gates ...string) *Run {
	t.Helper()
	p := twoFlows(1)
	p.MinEffect = minEffect
	for _, text := range gates {
		p.Gates = append(p.Gates, gate.Gate{Expr: text})
	}
	return collected(t, p, func(r sample.Recorder) { feed(r, 0) })
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
