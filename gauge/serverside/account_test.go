package serverside

import (
	"math"
	"testing"
)

// TestAccount counts each second of CPU and each octet once, whether its process lives
// from look to look, ends and is waited for, or is not.
func TestAccount(t *testing.T) {
	const master, child, grandchild = 10, 20, 30
	type look = map[identity]reading
	id := func(pid int, started uint64) identity { return identity{pid, started} }
	for _, test := range []struct {
		name         string
		looks        []look
		cpu, written float64
	}{
		{"what was used before is left out", []look{
			{id(master, 1): {own: 5, children: 7, written: 100}},
			{id(master, 1): {own: 6, children: 7, written: 150}},
		}, 1, 50},
		{"a child that comes later counts from its start", []look{
			{id(master, 1): {own: 1}},
			{id(master, 1): {own: 1}, id(child, 60): {parent: master, own: 2, written: 10}},
		}, 2, 10},
		{"a process that joins later and is older does not", []look{
			{id(master, 1): {own: 1}},
			{id(master, 1): {own: 1}, id(child, 3): {parent: 1, own: 20, written: 10}},
			{id(master, 1): {own: 1}, id(child, 3): {parent: 1, own: 21, written: 15}},
		}, 1, 5},
		{"a child that is waited for is counted once", []look{
			{id(master, 1): {own: 1}},
			{id(master, 1): {own: 1}, id(child, 60): {parent: master, own: 2, written: 10}},
			{id(master, 1): {own: 1, children: 3, written: 12}},
		}, 3, 12},
		{"a child that nobody saw is counted by its parent", []look{
			{id(master, 1): {own: 1}},
			{id(master, 1): {own: 1, children: 0.5, written: 7}},
		}, 0.5, 7},
		{"a child that nobody waits for is counted as far as it was seen", []look{
			{id(master, 1): {own: 1}},
			{id(master, 1): {own: 1}, id(child, 60): {parent: master, own: 2, written: 10}},
			{id(master, 1): {own: 1.5, written: 3}},
		}, 2.5, 13},
		{"a grandchild goes to its grandparent with its parent", []look{
			{id(master, 1): {own: 1}},
			{id(master, 1): {own: 1}, id(child, 60): {parent: master, own: 2}, id(grandchild, 61): {parent: child, own: 4}},
			{id(master, 1): {own: 1, children: 7}},
		}, 7, 0},
		{"a number that is used again is another process", []look{
			{id(master, 1): {own: 1}, id(child, 40): {parent: master, own: 9}},
			{id(master, 1): {own: 1, children: 9}, id(child, 70): {parent: master, own: 0.25}},
		}, 0.25, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := account{began: 50}
			var cpu, written float64
			for _, now := range test.looks {
				u := a.advance(now)
				cpu, written = cpu+u.cpu, written+u.written
			}
			if math.Abs(cpu-test.cpu) > 1e-9 || math.Abs(written-test.written) > 1e-9 {
				t.Errorf("CPU %g s and %g octets written, want %g and %g", cpu, written, test.cpu, test.written)
			}
		})
	}
}

// TestAccountTellsWhenSwitchesAreMissing: a server that forks for each connection has its
// children's CPU time, but nobody has their context switches.
func TestAccountTellsWhenSwitchesAreMissing(t *testing.T) {
	for _, test := range []struct {
		name          string
		own, children float64 // seconds of CPU each second
		short         bool
	}{
		{"one process", 0.5, 0, false},
		{"a child ends now and then", 0.5, 0.02, false},
		{"children do the work", 0.02, 0.5, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := account{}
			for n := range 5 {
				a.advance(map[identity]reading{{pid: 1}: {own: test.own * float64(n), children: test.children * float64(n)}})
			}
			if a.short() != test.short {
				t.Errorf("short() = %v after 5 looks, want %v", a.short(), test.short)
			}
		})
	}
}

func TestIsNamed(t *testing.T) {
	for _, test := range []struct {
		name, command string
		arguments     []string
		want          bool
	}{
		{"master", "master", []string{"/usr/lib/postfix/sbin/master", "-w"}, true},
		{"postfix", "master", []string{"/usr/lib/postfix/sbin/master", "-w"}, true},
		{"postfix", "grep", []string{"grep", "postfix"}, false},
		{"nginx", "nginx", []string{"nginx: worker process"}, true},
		{"a-name-longer-than-the-kernel-keeps", "a-name-longer-t", nil, true},
		{"exim", "exim4", []string{"/usr/sbin/exim4", "-bd"}, false},
	} {
		if got := isNamed(test.name, test.command, test.arguments); got != test.want {
			t.Errorf("is %s (%q) named %s: %t", test.command, test.arguments, test.name, got)
		}
	}
}

func TestKindOf(t *testing.T) {
	for text, want := range map[string]kind{
		"postfix": byName, "/run/exim4/exim.pid": byPIDFile, "postfix@-.service": byUnit,
		"/sys/fs/cgroup/system.slice/x.service": byCgroup, "mail.example": byName,
	} {
		if got := kindOf(text); got != want {
			t.Errorf("%s is of kind %d, want %d", text, got, want)
		}
	}
}
