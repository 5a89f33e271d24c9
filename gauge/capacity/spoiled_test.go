package capacity

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func TestSpoiled(t *testing.T) {
	result := func(late, response time.Duration) *figures.Result {
		f := &figures.Flow{Late: &figures.Distribution{P99: late}}
		if response > 0 {
			f.Phases = map[string]*figures.Phase{"message": {Response: &figures.Distribution{P99: response}}}
		}
		return &figures.Result{FlowOrder: []string{"a"}, Flows: map[string]*figures.Flow{"a": f}}
	}
	for _, c := range []struct {
		late, response, behind time.Duration
		want                   bool
	}{
		{time.Millisecond, 300 * time.Millisecond, 0, false},
		{40 * time.Millisecond, 300 * time.Millisecond, 0, true},
		{40 * time.Millisecond, 480 * time.Millisecond, 0, false}, // far over the limit without the 40 ms too
		{300 * time.Millisecond, 480 * time.Millisecond, 0, true},
		{40 * time.Millisecond, 200 * time.Millisecond, 0, true}, // a queue that grows
		{40 * time.Millisecond, 0, 3 * time.Second, false},       // no message is answered any more
		{2 * time.Second, 0, 3 * time.Second, true},
	} {
		m := &Measured{behind: []time.Duration{c.behind}}
		if got := spoiled(result(c.late, c.response), m, []Goal{goalOfQueue}); (got != "") != c.want {
			t.Errorf("late by %v of %v: %q, want spoiled: %v", c.late, c.response, got, c.want)
		}
	}
}

func TestWantedShare(t *testing.T) {
	for _, c := range []struct{ busy, denied, want float64 }{{0.3, 0, 0.3}, {0.45, 0.5, 0.9}, {0.9, 0.9, 1}, {0, 1, 0}} {
		if got := wantedShare(c.busy, c.denied); got < c.want-1e-9 || got > c.want+1e-9 {
			t.Errorf("busy %v, denied %v: %v, want %v", c.busy, c.denied, got, c.want)
		}
	}
}

// What a server refuses it does not refuse for lack of cores: such a trial fails, and says
// which error was the commonest.
func TestRefusalsAreTheServers(t *testing.T) {
	goals := []Goal{{Expr: "errors < 1%", Share: 0.01, OfMessages: true}, {Expr: "message.response.p99 < 250ms", Share: 0.01, Limit: 250 * time.Millisecond, OfMessages: true}}
	blocks := func(errors, slow int64) (list []Block) {
		for range 10 {
			list = append(list, Block{Due: 100, Goals: []Count{{N: 100, Bad: errors}, {N: 100, Bad: slow}}})
		}
		return list
	}
	const usual = "connect-refused at connect: refused"
	for _, c := range []struct {
		name         string
		errors, slow int64
		refused      bool
		want         Outcome
	}{
		{"nobody listens", 100, 100, true, Fail},
		{"time ran out", 100, 100, false, Invalid},
		{"slow, and one error", 0, 90, true, Invalid},
		{"nothing is wrong", 0, 0, false, Pass},
	} {
		m := Measured{Blocks: blocks(c.errors, c.slow), Starved: "other processes used the cores", Errors: 10 * c.errors, Usual: usual, Refused: c.refused}
		trial := newTrial(100, Doubling, m, goals)
		if trial.Outcome != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, trial.Outcome, trial.Why, c.want)
		}
		if c.errors > 0 && !strings.Contains(trial.Why, usual) {
			t.Errorf("%s: %q does not name the commonest error", c.name, trial.Why)
		}
	}
}

// What the end of a trial cut off is counted, and is nobody's commonest error.
func TestCutOff(t *testing.T) {
	res := &figures.Result{FlowOrder: []string{"a", "b"}, Flows: map[string]*figures.Flow{
		"a": {Errors: []tally.FailureCount{{Class: "canceled", Phase: "message", Count: 90}, {Class: "busy", Phase: "mail", Count: 3}}},
		"b": {Errors: []tally.FailureCount{{Class: "canceled", Phase: "rcpt", Count: 7}}},
	}}
	if n := cutOff(res); n != 97 {
		t.Errorf("%d cut off, want 97", n)
	}
	if usual, _ := commonest(res); !strings.HasPrefix(usual, "busy at mail") {
		t.Errorf("the commonest error is %q", usual)
	}
}
