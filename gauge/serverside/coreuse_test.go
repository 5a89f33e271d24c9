package serverside

import (
	"math"
	"testing"
)

// What the counters of two looks come to.
func TestCoreUse(t *testing.T) {
	cc, tar, kernel, log, late := identity{7, 1}, identity{8, 1}, identity{9, 1}, identity{10, 1}, identity{11, 5}
	before := &coreLook{at: 100, idle: 50, used: 30, generator: 3, free: map[identity]usedBy{
		cc: {"cc1", 5, false}, tar: {"tar\x1b", 1, false}, kernel: {"kworker/0:1", 2, true}, log: {"rsyslogd", 1, true},
	}}
	after := &coreLook{at: 110, idle: 51, used: 48, generator: 5, free: map[identity]usedBy{
		cc: {"cc1", 11, false}, tar: {"tar\x1b", 2, false}, kernel: {"kworker/0:1", 3, true}, log: {"rsyslogd", 1.5, true}, late: {"new", 9, false},
	}}
	u := coreUse(before, after, 2, true, false, 6, 0.5)
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s %v, want %v", what, got, want)
		}
	}
	near("idle", u.Idle, 0.1)
	near("generator", u.Generator, 0.2)
	near("server", u.Server, 0.6)
	near("others", u.Others, 1.8-0.6-0.2-0.15)
	near("waited", *u.Waited, 0.3)
	if got, want := u.Words(), `cc1 0.60, tar\x1b 0.10`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if u := coreUse(before, after, 2, true, false, 6, -1); u.Waited != nil {
		t.Error("how long the server waited is not known, and is said")
	}
	forks := coreUse(before, after, 2, true, true, 6, 0.5)
	near("others beside a server that forks", forks.Others, 0.7)
	near("fleeting", forks.Fleeting, u.Others-0.7)
	// No process is named that used more than all others together.
	before.used = 44 // the cores' counters leave out interrupts
	few := coreUse(before, after, 2, true, false, 0.1, 0.5)
	near("others of whom less is counted by core", few.Others, 0.7)
	if got, want := few.Words(), `cc1 0.60, tar\x1b 0.10`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	after.elsewhere = true
	few = coreUse(before, after, 2, true, false, 0.1, 0.5)
	near("others on the server's cores", few.Others, 0.4-0.01-0.2-0.15)
	if got := few.Words(); got != "" {
		t.Errorf("%s, of others that used %v", got, few.Others)
	}
	if u := coreUse(after, after, 2, true, false, 0, 0); u != nil {
		t.Errorf("%+v in no time", u)
	}
}

// A second in which the cores were busy is not made up for by others that were idle.
func TestCrowdedSecondsCount(t *testing.T) {
	c := crowd{at: 100, idle: 10}
	if c.share() != 1 {
		t.Errorf("without a look: %v", c.share())
	}
	c.note(101, 12, 2)   // both idle
	c.note(101.2, 12, 2) // too soon
	c.note(102, 12.1, 2) // 0.1 of 2
	c.note(103, 12.7, 2) // 0.6 of 2
	c.note(105, 13.5, 2) // two seconds at 0.4 of 2
	if got := c.share(); got != 0.6 {
		t.Errorf("crowded for %v of the time, want 3 of 5 s", got)
	}
}
