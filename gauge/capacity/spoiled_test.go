package capacity

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"
)

func TestSpoiled(t *testing.T) {
	result := func(late, response time.Duration) *figures.Result {
		return &figures.Result{FlowOrder: []string{"a"}, Flows: map[string]*figures.Flow{"a": {
			Late:   &figures.Distribution{P99: late},
			Phases: map[string]*figures.Phase{"message": {Response: &figures.Distribution{P99: response}}},
		}}}
	}
	for _, c := range []struct {
		late, response time.Duration
		want           bool
	}{
		{time.Millisecond, 300 * time.Millisecond, false},
		{40 * time.Millisecond, 300 * time.Millisecond, true},
		{40 * time.Millisecond, 480 * time.Millisecond, false}, // far over the limit without the 40 ms too
		{300 * time.Millisecond, 480 * time.Millisecond, true},
		{40 * time.Millisecond, 200 * time.Millisecond, true}, // a queue that grows
	} {
		if got := spoiled(result(c.late, c.response), []Goal{goalOfQueue}); (got != "") != c.want {
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
