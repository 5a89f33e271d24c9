package madeup

import (
	"bytes"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func result(t *testing.T, m *Machine, run Run) *figures.Result {
	t.Helper()
	var file bytes.Buffer
	if err := m.Write(&file, run); err != nil {
		t.Fatal(err)
	}
	read, err := record.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	return figures.Of(read)
}

func TestRunIsWhatItsSeedMakesIt(t *testing.T) {
	p := &loadgen.Plan{Name: "made-up", Rounds: 3, Scenario: []byte(`{}`)}
	for _, name := range []string{"fast", "slow"} {
		p.Flows = append(p.Flows, loadgen.Flow{Name: name, Load: loadgen.Load{Sessions: 1}})
	}
	run := NewRun(p, criteria.Criteria{})
	run.Seconds, run.Added = 2, []time.Duration{0, 20 * time.Millisecond}
	r := result(t, NewMachine(1, 2), run)
	if !r.Verdict.Valid {
		t.Errorf("called invalid: %q", r.Verdict.Reasons)
	}
	for _, f := range r.Flows {
		if len(f.Rounds) != 3 || f.Messages.Accepted != 3*2*messagesPerSecond {
			t.Errorf("%d rounds and %d messages, want 3 of 2 s each", len(f.Rounds), f.Messages.Accepted)
		}
	}
	median := func(r *figures.Result, flow string) time.Duration {
		return r.Flows[flow].Phases["message"].Service.P50
	}
	fast, slow := median(r, "fast"), median(r, "slow")
	if longer := slow - fast; longer < 19*time.Millisecond || longer > 21*time.Millisecond {
		t.Errorf("medians %v and %v, want 20 ms between them", fast, slow)
	}
	mean := func(r *figures.Result) any { return r.Flows["slow"].Phases["message"].Service.Mean }
	if again := mean(result(t, NewMachine(1, 2), run)); again != mean(r) {
		t.Errorf("the same seed makes a mean of %v, and then %v", mean(r), again)
	}
	if other := mean(result(t, NewMachine(2, 2), run)); other == mean(r) {
		t.Errorf("another seed makes a mean of %v too", other)
	}
}
