package main

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/results/record"
)

// What an agent's file has is in the run of its fleet: it is not shown beside it, in any format.
func TestPartsAreNotShownBesideTheirWhole(t *testing.T) {
	run := func(source, id string) *record.Run { return &record.Run{Source: source, Header: record.Header{ID: id}} }
	part := func(source, fleet, agent string) *record.Run {
		r := run(source, source)
		r.Header.Agent = &record.Place{Name: agent, Fleet: fleet}
		return r
	}
	a, b := run("a", "A"), run("b", "B")
	for _, c := range []struct {
		runs []*record.Run
		left int
		note string
	}{
		{[]*record.Run{a, b}, 2, ""},
		{[]*record.Run{part("x", "A", "ag1"), part("y", "A", "ag2")}, 2, ""},
		{[]*record.Run{part("x", "A", "ag1"), a, part("y", "A", "ag2"), part("z", "C", "ag3")}, 2, "not shown, as parts of a: x (agent ag1), y (agent ag2); given alone, a part is shown by itself"},
		{[]*record.Run{a, part("x", "A", "ag1"), b, part("y", "B", "ag1")}, 2, "not shown, as parts of runs that are shown: x (agent ag1), y (agent ag1); given alone, a part is shown by itself"},
	} {
		if left, note := withoutParts(c.runs); len(left) != c.left || note != c.note {
			t.Errorf("%d are left: %q, want %d: %q", len(left), note, c.left, c.note)
		}
	}
}
