package main

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
)

func TestComparisonsJudged(t *testing.T) {
	worse, same := compare.Row{Verdict: stats.Worse}, compare.Row{Verdict: stats.Same}
	few := compare.Row{Verdict: stats.TooFewRuns}
	held, missed := compare.GateResult{OK: true, Known: true}, compare.GateResult{Known: true}
	unknown := compare.GateResult{}
	for _, c := range []struct {
		name  string
		rows  []compare.Row
		gates []compare.GateResult
		want  int
	}{
		{"nothing worse", []compare.Row{same, few}, nil, exitOK},
		{"something worse", []compare.Row{same, worse}, nil, exitMissed},
		{"worse, and within the gate", []compare.Row{worse}, []compare.GateResult{held}, exitOK},
		{"beyond the gate", []compare.Row{worse}, []compare.GateResult{held, missed}, exitMissed},
		{"undecided", []compare.Row{few}, []compare.GateResult{unknown}, exitFailed},
		{"one beyond, one undecided", []compare.Row{few, worse}, []compare.GateResult{unknown, missed}, exitMissed},
	} {
		if got := exitCode(judgeComparison(&compare.Comparison{Rows: c.rows, Gates: c.gates})); got != c.want {
			t.Errorf("%s: exit %d, want %d", c.name, got, c.want)
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
