package loadgen

import "testing"

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
