package loadgen

import (
	"math"
	"testing"
	"time"
)

// The length of a plan does not wrap around.
func TestLengthEndsAtForever(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		duration, warmup time.Duration
		rounds           int
		inTurn           bool
		want             time.Duration
	}{
		{day, time.Hour, 2, true, 4*day + 4*time.Hour},
		{day, 0, 2, false, 2 * day},
		{100_000 * day, 0, 10_000, false, Forever},
		{100_000 * day, 0, 1, true, Forever},
		{math.MaxInt64 - 5, 10, 1, false, Forever},
	} {
		p := &Plan{Rounds: c.rounds, Warmup: c.warmup, InTurn: c.inTurn, Flows: []Flow{{Load: Load{Sessions: 1, Duration: c.duration}}, {Load: Load{Sessions: 1, Duration: c.duration}}}}
		if got, ok := p.Length(); !ok || got != c.want {
			t.Errorf("%+v: %v, %v", c, got, ok)
		}
	}
}

// The parts of a plan have all its sessions.
func TestSessionsOfParts(t *testing.T) {
	for _, inTurn := range []bool{false, true} {
		p := &Plan{InTurn: inTurn, Flows: []Flow{{Load: Load{Sessions: 100}}, {Load: Load{Sessions: 50}}}}
		sum := 0
		for _, part := range []struct {
			Part
			shards int
		}{{Part{First: 0, All: 7}, 2}, {Part{First: 2, All: 7}, 4}, {Part{First: 6, All: 7}, 1}} {
			sum += p.PartSessions(part.Part, part.shards)
		}
		if want := p.MostSessions(); sum != want || want != map[bool]int{false: 150, true: 100}[inTurn] {
			t.Errorf("in turn %v: the parts have %d sessions, the whole %d", inTurn, sum, want)
		}
	}
}

// A plan can be shared among as many as its largest flow has work for.
func TestMostParts(t *testing.T) {
	p := &Plan{Flows: []Flow{{Load: Load{Sessions: 2}}, {Load: Load{Sessions: 9, Messages: 3}}}}
	if got := p.MostParts(); got != 3 {
		t.Errorf("%d parts, want 3", got)
	}
}
