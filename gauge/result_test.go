package gauge_test

import (
	"errors"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

func TestResultsAreJudged(t *testing.T) {
	valid, invalid := figures.Verdict{Validity: figures.Validity{Valid: true}}, figures.Verdict{Validity: figures.Validity{Reasons: []string{"too slow", "too late"}}}
	held, missed := figures.ThresholdResult{Expr: "a.errors < 1", OK: true}, figures.ThresholdResult{Expr: "a.rate > 5"}
	sentinels := []error{gauge.ErrInterrupted, gauge.ErrInvalid, gauge.ErrThresholdMissed}
	for _, c := range []struct {
		name    string
		figures figures.Result
		text    string
		is      []bool // interrupted, invalid, missed
	}{
		{"success", figures.Result{Verdict: valid, Thresholds: []figures.ThresholdResult{held}}, "", []bool{false, false, false}},
		{"interrupted", figures.Result{Verdict: valid, Interrupted: true}, "interrupted", []bool{true, false, false}},
		{"invalid", figures.Result{Verdict: invalid}, "the measurement is invalid: too slow; too late", []bool{false, true, false}},
		{"missed", figures.Result{Verdict: valid, Thresholds: []figures.ThresholdResult{held, missed}}, "threshold missed: a.rate > 5", []bool{false, false, true}},
		{"all", figures.Result{Verdict: invalid, Interrupted: true, Thresholds: []figures.ThresholdResult{missed}},
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
