package scenarios

import (
	"strings"
	"testing"
)

// A threshold without a flow is one for each flow that has the figure.
func TestThresholdOfEveryFlow(t *testing.T) {
	for text, want := range map[string]string{
		"errors < 0.1%":              "relay.errors < 0.1% | peak.errors < 0.1%",
		"message.p99<1s":             "relay.message.p99<1s | peak.message.p99<1s",
		"message.response.p99 < 1s":  "peak.message.response.p99 < 1s",
		"relay.message.p99 < 250ms ": "relay.message.p99 < 250ms",
	} {
		s, err := Parse("a.yaml", []byte(base), testOptions("thresholds=['"+text+"']"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for _, c := range s.Criteria().Thresholds {
			if !strings.HasPrefix(c.Expr, c.Flow+".") {
				t.Errorf("%q is of flow %q", c.Expr, c.Flow)
			}
			got = append(got, c.Expr)
		}
		equal(t, text, strings.Join(got, " | "), want)
	}
	closed := strings.Replace(base, "rate: 10 sessions/s", "sessions: 1", 1)
	_, err := Parse("a.yaml", []byte(closed), testOptions("thresholds=[message.response.p99 < 1s]"))
	if err == nil || !strings.Contains(err.Error(), "has a closed load, which has no response time") {
		t.Errorf("no flow has the figure: %v", err)
	}
}

// A share without % is what it says, and a note tells those who meant a percentage.
func TestShareWithoutPercent(t *testing.T) {
	for text, noted := range map[string]bool{
		"relay.errors < 0.1": true, "errors < 1": true, "errors < 0.1%": false, "errors < 10%": false, "errors < 0.001": false, "errors <= 0": false,
	} {
		s, err := Parse("a.yaml", []byte(base), testOptions("thresholds=['"+text+"']"))
		if err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(s.Notes(), "\n")
		if strings.Contains(notes, "since it has no % of its own") != noted || strings.Contains(text, "0.1") && noted && !strings.Contains(notes, ": relay.errors < 0.1: the limit is 10 %,") {
			t.Errorf("%s: %q", text, notes)
		}
	}
}

// What is nearly the name of a figure is no flow that is missing, and a flow that is missing
// is no figure.
func TestMisspeltThresholds(t *testing.T) {
	for text, want := range map[string]string{
		"p99.drfit < 5%":               `no phase or figure is named "p99.drfit": did you mean "message.p99.drift"?`,
		"message.p99.drfit < 5%":       `no figure is named "message.p99.drfit": did you mean "message.p99.drift"?`,
		"relay.message.p99.drfit < 5%": `no figure is named "message.p99.drfit": did you mean "message.p99.drift"?`,
		"relay.p99.drfit < 5%":         `no phase or figure is named "p99.drfit": did you mean "message.p99.drift"?`,
		"mesage.p99 < 5ms":             `no phase or figure is named "mesage.p99": did you mean "message.p99"?`,
		"message.respons.p99 < 5ms":    `no figure is named "message.respons.p99": did you mean "message.response.p99"?`,
		"response.p99<5ms":             `no phase or figure is named "response.p99": did you mean "message.response.p99"?`,
		"p99 < 5ms":                    `no phase or figure is named "p99": did you mean "message.p99"?`,
		"message.p9 < 5ms":             `no figure is named "message.p9": did you mean "message.p99"?`,
		"rate.drfit > 5%":              `no phase or figure is named "rate.drfit": did you mean "rate.drift"?`,
		"eror < 1%":                    `no phase or figure is named "eror": did you mean "errors"?`,
		"memory.drift < 5%":            `no phase or figure is named "memory.drift": did you mean "server.memory.drift"?`,
		"server.cpu_per_mesage < 5ms":  `no figure of the server is named "server.cpu_per_mesage": did you mean "server.cpu_per_message"?`,
		"submit.message.p99 < 5ms":     `no flow is named "submit": known are relay, peak`,
		"submit.p99 < 5ms":             `no flow is named "submit": known are relay, peak`,
		"reley.message.p99 < 5ms":      `no flow is named "reley": did you mean "relay"?`,
		"reley.message.p99.drfit < 5%": `no flow is named "reley": did you mean "relay"?`,
	} {
		_, err := Parse("a.yaml", []byte(base), testOptions("thresholds=['"+text+"']"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q in %v", text, want, err)
		}
	}
	_, err := Parse("a.yaml", []byte(base), testOptions("gates=['relay.mesage.p99 > 5%']"))
	if err == nil || !strings.Contains(err.Error(), `no metric is named "mesage.p99": did you mean "message.p99"?`) {
		t.Errorf("a gate: %v", err)
	}
}
