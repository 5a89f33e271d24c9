package main

import (
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
		gone   *capacity.Gone
		ended  error
		want   int
	}{
		{"found", criteria.Pass, 0, nil, nil, exitOK},
		{"reached", criteria.Pass, 100, nil, nil, exitOK},
		{"not reached", criteria.Failed, 100, nil, nil, exitMissed},
		{"no rate keeps the goals", criteria.Failed, 0, nil, nil, exitFailed},
		{"cut short", criteria.Undecided, 0, nil, nil, exitUndecided},
		{"cut short of what was expected", criteria.Undecided, 100, nil, nil, exitUndecided},
		{"the server is gone", criteria.Failed, 100, &capacity.Gone{}, nil, exitFailed},
		{"interrupted", criteria.Undecided, 100, nil, gauge.ErrInterrupted, exitInterrupted},
	} {
		f := capacityFlags{format: formatFlag{name: "table"}}
		r := &capacity.Report{Expect: c.expect, Gone: c.gone, Verdict: criteria.Conclusion{Word: c.word}}
		err := f.verdictOf(r, c.ended)
		if c.ended != nil {
			err = c.ended
		}
		if got := exitCode(err); got != c.want {
			t.Errorf("%s: exit %d, want %d", c.name, got, c.want)
		}
	}
}
