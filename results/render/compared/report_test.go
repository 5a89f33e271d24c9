package compared

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
)

// The advice on too few rounds says how many are enough, by the flag of the command at hand,
// and why one metric has fewer than the others.
func TestTooFewRounds(t *testing.T) {
	few := compare.Row{Flow: "relay", Metric: "message.p50", Verdict: stats.TooFewRuns, RoundsNeeded: 5, BaseRounds: 4, NewRounds: 4}
	c := &compare.Comparison{Base: compare.Side{Runs: 2, Rounds: 4}, New: compare.Side{Runs: 2, Rounds: 4}, Rows: []compare.Row{few, few}}
	for alternates, want := range map[bool]string{
		false: "too few rounds: 2 metrics; 5 rounds a side would do: run --repeat or ab makes them",
		true:  "too few rounds: 2 metrics; 5 rounds a side would do: --repeat 3",
	} {
		c.Alternates = alternates
		got := strings.Join(comparison{c}.tooFew(), "|")
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	c.Rows[1].Metric, c.Rows[1].NewRounds = "generator.cpu", 2
	got := comparison{c}.tooFew()[1]
	if got != "relay.generator.cpu is known of 4 and 2 of the 4 and 4 rounds only" {
		t.Error(got)
	}
}

func TestNoteOnAChangeThatTheMediansContradict(t *testing.T) {
	row := compare.Row{Flow: "relay", Metric: "message.p99", Base: 10, New: 10, DeltaPercent: new(51.5), Verdict: stats.NotShown}
	c := comparison{&compare.Comparison{Rows: []compare.Row{row}}}
	if notes := strings.Join(c.notes(false), "|"); !strings.Contains(notes, "They are not alike in relay.message.p99.") {
		t.Error(notes)
	}
	c.Rows[0].DeltaPercent = new(0.2)
	if notes := strings.Join(c.notes(false), "|"); strings.Contains(notes, "not alike") {
		t.Error(notes)
	}
}
