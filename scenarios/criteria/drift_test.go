package criteria

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestParseDrift(t *testing.T) {
	for text, want := range map[string]Threshold{
		"a.message.p99.drift < 5%":          {Flow: "a", Op: "<", Limit: 0.05, Metric: Metric{Phase: sample.SpanMessage, Stat: "p99", Q: 0.99, Drift: true}},
		"session.response.p50.drift <= 2 %": {Op: "<=", Limit: 0.02, Metric: Metric{Phase: sample.SpanSession, Part: sample.Response, Stat: "p50", Q: 0.5, Drift: true}},
		"rate.drift > -2.5%":                {Op: ">", Limit: -0.025, Metric: Metric{Kind: Rate, Drift: true}},
		"a.errors.drift < +0.1pp":           {Flow: "a", Op: "<", Limit: 0.001, Metric: Metric{Kind: Errors, Drift: true}},
		"server.memory.drift < 2%":          {Op: "<", Limit: 0.02, Metric: Metric{Kind: ServerMemory, Drift: true}},
	} {
		want.Expr = text
		if got, err := ParseThreshold(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"a.message.p90.drift < 5%":  "no drift is known of message.p90",
		"a.rcpt.p99.drift < 5%":     "no drift is known of rcpt.p99",
		"a.accepted.drift < 5%":     "no drift is known of accepted",
		"a.message.p99.drift < 5":   "want per cent an hour, such as 5%",
		"a.message.p99.drift < 5ms": "want per cent an hour, such as 5%",
		"a.errors.drift < 5%":       "want percentage points an hour, such as 0.1pp",
		"a.nonesuch.drift < 5%":     "nonesuch",
		"message.p99.drfit < 5%":    `no figure is named "message.p99.drfit": did you mean "message.p99.drift"? known are quantiles`,
		"a.message.p99.drfit < 5%":  `no figure is named "message.p99.drfit": did you mean "message.p99.drift"?`,
		"a.p99.drfit < 5%":          `no phase or figure is named "p99.drfit": did you mean "message.p99.drift"?`,
		"a.mesage.p99.drift < 5%":   `no phase or figure is named "mesage.p99.drift": did you mean "message.p99.drift"?`,
		"a.drift < 5%":              `did you mean "message.p50.drift"?`,
	} {
		if _, err := ParseThreshold(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// Every drift that is listed can be written in a threshold.
func TestDriftsAreMetrics(t *testing.T) {
	for _, d := range Drifts(sample.OpenLoad) {
		m, err := parseMetric(d.Name + driftSuffix)
		if err != nil || m != d.Metric {
			t.Errorf("%s: %+v, %v", d.Name, m, err)
		}
	}
}

func TestShown(t *testing.T) {
	c := Threshold{Op: "<", Limit: 5}
	for _, test := range []struct {
		low, high  float64
		met, known bool
	}{{1, 4, true, true}, {6, 7, false, true}, {4, 6, true, false}, {5, 6, false, true}} {
		if met, known := c.Shown(test.low, test.high); known != test.known || known && met != test.met {
			t.Errorf("%g to %g: %v, %v", test.low, test.high, met, known)
		}
	}
}
