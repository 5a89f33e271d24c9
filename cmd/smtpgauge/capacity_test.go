package main

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func TestExitCodeOfASearch(t *testing.T) {
	for _, c := range []struct {
		name   string
		word   criteria.Word
		expect float64
		ended  error
		want   int
	}{
		{"found", criteria.Pass, 0, nil, exitOK},
		{"reached", criteria.Pass, 100, nil, exitOK},
		{"not reached", criteria.Failed, 100, nil, exitMissed},
		{"no rate keeps the goals", criteria.Failed, 0, nil, exitFailed},
		{"cut short", criteria.Undecided, 0, nil, exitUndecided},
		{"cut short of what was expected", criteria.Undecided, 100, nil, exitUndecided},
		{"the server is gone", criteria.Failed, 0, nil, exitFailed},
		{"interrupted", criteria.Undecided, 100, gauge.ErrInterrupted, exitInterrupted},
	} {
		f := capacityFlags{format: formatFlag{name: "table"}}
		r := &capacity.Report{Expect: c.expect, Verdict: criteria.Conclusion{Word: c.word}}
		if c.name == "the server is gone" {
			r.Expect, r.Gone = 100, &capacity.Gone{}
		}
		err := f.verdictOf(r, c.ended)
		if c.ended != nil {
			err = c.ended
		}
		if got := exitCode(err); got != c.want {
			t.Errorf("%s: exit %d, want %d", c.name, got, c.want)
		}
	}
}

func TestRates(t *testing.T) {
	for text, want := range map[string]float64{"200": 200, "200/s": 200, "30000 messages/min": 500, "0.5 messages/s": 0.5} {
		if got, err := parseRate(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for text, says := range map[string]string{
		"": `found ""`, "0": "more than nothing", "-1": `found "-1"`, "fast": `found "fast"`, "10/fortnight": `found "10/fortnight"`, "1e3": `found "1e3"`, "500msgs": `found "500msgs"`,
	} {
		if got, err := parseRate(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is taken for %v, %v; want an error that says %s", text, got, err, says)
		}
	}
}
