package gauge_test

import (
	"errors"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/results"
)

func TestResultsAreJudged(t *testing.T) {
	valid, invalid := results.Verdict{Valid: true}, results.Verdict{Reasons: []string{"too slow", "too late"}}
	held, missed := results.ThresholdResult{Expr: "a.errors < 1", OK: true}, results.ThresholdResult{Expr: "a.rate > 5"}
	sentinels := []error{gauge.ErrInterrupted, gauge.ErrInvalid, gauge.ErrThresholdMissed}
	for _, c := range []struct {
		name    string
		figures results.Result
		text    string
		is      []bool // interrupted, invalid, missed
	}{
		{"success", results.Result{Verdict: valid, Thresholds: []results.ThresholdResult{held}}, "", []bool{false, false, false}},
		{"interrupted", results.Result{Verdict: valid, Interrupted: true}, "interrupted", []bool{true, false, false}},
		{"invalid", results.Result{Verdict: invalid}, "the measurement is invalid: too slow; too late", []bool{false, true, false}},
		{"missed", results.Result{Verdict: valid, Thresholds: []results.ThresholdResult{held, missed}}, "threshold missed: a.rate > 5", []bool{false, false, true}},
		{"all", results.Result{Verdict: invalid, Interrupted: true, Thresholds: []results.ThresholdResult{missed}},
			"interrupted\nthe measurement is invalid: too slow; too late\nthreshold missed: a.rate > 5", []bool{true, true, true}},
	} {
		err := (&gauge.Result{Figures: &c.figures}).Err()
		if got := errorText(err); got != c.text {
			t.Errorf("%s: %q, want %q", c.name, got, c.text)
		}
		for i, sentinel := range sentinels {
			if errors.Is(err, sentinel) != c.is[i] {
				t.Errorf("%s: %v is %v: %v", c.name, err, sentinel, !c.is[i])
			}
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
