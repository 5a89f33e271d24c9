package main

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/results"
	"github.com/smtpgauge/smtpgauge/results/stats"
)

func TestComparisonsJudged(t *testing.T) {
	worse, same := results.Row{Verdict: stats.Worse}, results.Row{Verdict: stats.Same}
	few := results.Row{Verdict: stats.TooFewRuns}
	held, missed := results.GateOutcome{OK: true, Known: true}, results.GateOutcome{Known: true}
	unknown := results.GateOutcome{}
	for _, c := range []struct {
		name  string
		rows  []results.Row
		gates []results.GateOutcome
		want  int
	}{
		{"nothing worse", []results.Row{same, few}, nil, exitOK},
		{"something worse", []results.Row{same, worse}, nil, exitMissed},
		{"worse, and within the gate", []results.Row{worse}, []results.GateOutcome{held}, exitOK},
		{"beyond the gate", []results.Row{worse}, []results.GateOutcome{held, missed}, exitMissed},
		{"not to be told", []results.Row{few}, []results.GateOutcome{unknown}, exitFailed},
		{"one beyond, one not to be told", []results.Row{few, worse}, []results.GateOutcome{unknown, missed}, exitMissed},
	} {
		if got := exitCode(judgeComparison(&results.Comparison{Rows: c.rows, Gates: c.gates})); got != c.want {
			t.Errorf("%s: exit %d, want %d", c.name, got, c.want)
		}
	}
}

// Two more rounds than a verdict takes, in as many turns as that makes.
func TestEnoughTurns(t *testing.T) {
	job := smallJob(t, "sessions: 1, messages: 5")
	job.Plan.Rounds = 2
	first, err := job.Run(t.Context(), gauge.Options{FreeCores: freeCores})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		alpha float64
		want  int
	}{{0.05, 3}, {0.001, 5}} { // 4 and 7 rounds
		got, err := enough(first.Run, results.CompareOptions{Alpha: c.alpha, Metrics: []string{"message.p50"}})
		if err != nil || got != c.want {
			t.Errorf("alpha %v: %d turns of two rounds, %v; want %d", c.alpha, got, err, c.want)
		}
	}
}
