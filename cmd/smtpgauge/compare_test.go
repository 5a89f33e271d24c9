package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func TestComparisonsJudged(t *testing.T) {
	held, missed, open := compare.GateResult{OK: true, Known: true}, compare.GateResult{Known: true}, compare.GateResult{}
	for _, c := range []struct {
		word  criteria.Word
		gates []compare.GateResult
		want  int
	}{
		{criteria.Pass, nil, exitOK},
		{criteria.Failed, nil, exitMissed},
		{criteria.Undecided, nil, exitUndecided},
		{criteria.Pass, []compare.GateResult{held}, exitOK},
		{criteria.Failed, []compare.GateResult{held, missed}, exitMissed},
		{criteria.Undecided, []compare.GateResult{held, open}, exitUndecided},
		{criteria.Failed, []compare.GateResult{open, missed}, exitMissed},
	} {
		if got := exitCode(judgeComparison(&compare.Comparison{Verdict: criteria.Conclusion{Word: c.word}, Gates: c.gates})); got != c.want {
			t.Errorf("%+v: exit %d, want %d", c, got, c.want)
		}
	}
}

// Nothing follows from runs that are invalid, or that were interrupted.
func TestSpoiledRunsConcludeNothing(t *testing.T) {
	pass := criteria.Conclusion{Word: criteria.Pass, Reason: "fine"}
	for _, c := range []struct {
		err  error
		want criteria.Conclusion
	}{
		{nil, pass},
		{fmt.Errorf("%w in 1 of 2 runs, first: busy", gauge.ErrInvalid), criteria.Conclusion{Word: criteria.Invalid, Reason: "the measurement is invalid in 1 of 2 runs, first: busy"}},
		{fmt.Errorf("%w in 1 of 2 runs, first: refused", gauge.ErrFailed), criteria.Conclusion{Word: criteria.Failed, Reason: "the run failed in 1 of 2 runs, first: refused"}},
		{errors.Join(gauge.ErrInterrupted, gauge.ErrInvalid), criteria.Conclusion{Word: criteria.Undecided, Reason: "it was interrupted"}},
	} {
		if got := unlessSpoiled(pass, c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

// Two more rounds than a verdict needs, in as many turns as that makes.
func TestTurnsNeeded(t *testing.T) {
	job := smallJob(t, "sessions: 1, messages: 5")
	job.Plan.Rounds = 2
	first, err := job.Run(t.Context(), gauge.Options{FreeCores: unknownCores})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		alpha float64
		want  int
	}{{0.05, 3}, {0.001, 5}} { // 4 and 7 rounds
		got, err := turnsNeeded(first.Run, compare.Options{Alpha: c.alpha, Metrics: []string{"message.p50"}})
		if err != nil || got != c.want {
			t.Errorf("alpha %v: %d turns of two rounds, %v; want %d", c.alpha, got, err, c.want)
		}
	}
}
