package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func TestGatesOfAScenario(t *testing.T) {
	source := `
name: gates
target: {host: 127.0.0.1}
flows:
  relay: {port: 25, load: {sessions: 1, duration: 1s}}
  peak: {port: 25, load: {rate: 1 sessions/s, duration: 1s}}
min_effect: 2.5%
gates: ['message.p99 > +5%', 'peak.message.response.p99 > +2ms', 'relay.rate < -3%']
`
	s, err := Parse("gates.yaml", []byte(source), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	want := []criteria.Gate{
		{Expr: "message.p99 > +5%", Metric: "message.p99", Above: true, Share: true, Limit: 0.05},
		{Expr: "peak.message.response.p99 > +2ms", Flow: "peak", Metric: "message.response.p99", Above: true, Limit: 2e6},
		{Expr: "relay.rate < -3%", Flow: "relay", Metric: "rate", Share: true, Limit: -0.03},
	}
	if !slices.Equal(s.Criteria().Gates, want) || s.Criteria().MinEffect != 0.025 {
		t.Errorf("%+v, at least %v, want %+v", s.Criteria().Gates, s.Criteria().MinEffect, want)
	}
	if resolved := string(s.Plan().Scenario); !strings.Contains(resolved, `"min_effect":"2.5%"`) || !strings.Contains(resolved, `"relay.rate < -3%"`) {
		t.Errorf("not in the resolved scenario: %s", resolved)
	}
}

// A gate without a flow is a fault if no flow has its metric.
func TestGateThatNoFlowHas(t *testing.T) {
	source := "name: gates\ntarget: {host: 127.0.0.1}\nflows: {relay: {port: 25, load: {sessions: 1, duration: 1s}}}\ngates: ['message.response.p99 > +5%']\n"
	_, err := Parse("gates.yaml", []byte(source), testOptions())
	if want := "every flow has a closed load, for which message.response.p99 is not compared: use message.p50"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}
