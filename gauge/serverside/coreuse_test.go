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
	if u := coreUse(after, after, 2, true, false, 0, 0); u != nil {
		t.Errorf("%+v in no time", u)
	}
}
