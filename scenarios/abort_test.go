package scenarios

import (
	"strings"
	"testing"
	"time"
)

func TestAbortsOfAScenario(t *testing.T) {
	const source = `
name: aborts
target: {host: 127.0.0.1}
ABORT
defaults: {port: 25, load: {abort: {when: errors > 20%}}}
flows:
  relay: {load: {sessions: 1, duration: 1m}}
  peak: {load: {rate: 1 sessions/s, duration: 1m, abort: {when: message.response.p99 > 5s, over: 30s, after: 1m}}}
`
	parsed := func(abort string) (*Scenario, error) {
		return Parse("a.yaml", []byte(strings.ReplaceAll(source, "ABORT", abort)), testOptions())
	}
	for _, c := range []struct {
		abort string
		want  []string
	}{
		{"", []string{"relay.errors > 20%", "peak.message.response.p99 > 5s"}},
		{"abort: {when: relay.rate < 5/s}", []string{"relay.errors > 20%", "peak.message.response.p99 > 5s", "relay.rate < 5/s"}},
		{"abort: {when: rate < 5/s}", []string{"relay.errors > 20%", "peak.message.response.p99 > 5s", "relay.rate < 5/s", "peak.rate < 5/s"}},
	} {
		s, err := parsed(c.abort)
		if err != nil {
			t.Errorf("%s: %v", c.abort, err)
			continue
		}
		var got []string
		for _, a := range s.Criteria().Aborts {
			got = append(got, a.When.Expr)
		}
		if strings.Join(got, ", ") != strings.Join(c.want, ", ") {
			t.Errorf("%s: %q, want %q", c.abort, got, c.want)
		}
		if a := s.Criteria().Aborts[:2]; a[0].Over != 10*time.Second || a[0].After != 0 || a[1].Over != 30*time.Second || a[1].After != time.Minute {
			t.Errorf("%s: %+v", c.abort, a)
		}
	}
	for abort, want := range map[string]string{
		"abort: {over: 10s}":                             "when is missing",
		"abort: {when: nobody.errors > 20%}":             "no flow is named",
		"abort: {when: often}":                           "want a condition",
		"abort: {when: errors > 20%, over: 10ms}":        "over",
		"abort: {when: relay.message.response.p99 > 1s}": "closed load",
	} {
		if _, err := parsed(abort); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", abort, err, want)
		}
	}
	inLoad := strings.Replace(source, "errors > 20%", "relay.errors > 20%", 1)
	if _, err := Parse("a.yaml", []byte(strings.ReplaceAll(inLoad, "ABORT", "")), testOptions()); err == nil || !strings.Contains(err.Error(), "leave out relay.") {
		t.Errorf("a flow within a load: %v", err)
	}
}
