package generator

import (
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/machine"
)

// A process may make several runs, one after the other: each has only its own CPU time and
// garbage collections.
func TestUsageIsOfTheRunAlone(t *testing.T) {
	runtime.GC()
	first := StartUsage()
	if cpu, _ := machine.ProcessUsage(); cpu == 0 {
		t.Skip("the system does not say")
	}
	for used := first.Used(); used.CPU < 5*time.Millisecond || used.GCPauses < 10; used = first.Used() {
		runtime.GC()
	}
	before, of := first.Used(), StartUsage()
	after := of.Used()
	if before.GCPauses == 0 || before.GCPauseTotal == 0 || before.GCPauseMax == 0 {
		t.Errorf("of the first run: %+v", before)
	}
	if whole := first.Used(); after.CPU >= before.CPU || after.GCPauses >= before.GCPauses || whole.CPU < before.CPU {
		t.Errorf("a run with nothing to do used %v and %d pauses; the one before it %v and %d", after.CPU, after.GCPauses, before.CPU, before.GCPauses)
	}
}

// Of pauses that were there before, nothing is left, not even in the longest.
func TestPausesBeforeAreNotCounted(t *testing.T) {
	var g Usage
	now := pauses{counts: []uint64{3, 5, 2}, bounds: []float64{0, 0.001, 0.002, 0.004}}
	g.countPauses(now, []uint64{3, 4, 2})
	if g.GCPauses != 1 || g.GCPauseTotal != 2*time.Millisecond || g.GCPauseMax != 2*time.Millisecond {
		t.Errorf("%d pauses, %v in all, longest %v", g.GCPauses, g.GCPauseTotal, g.GCPauseMax)
	}
}

// Cores that several agents share count once, and those of a machine that nobody knows make
// the number unknown.
func TestSharedCoresCountOnce(t *testing.T) {
	on := func(id string, cores ...int) Usage {
		return Usage{GOMAXPROCS: len(cores), Machines: []Machine{{id, cores}}}
	}
	for name, c := range map[string]struct {
		of   []Usage
		want int
	}{
		"one":                    {[]Usage{on("a", 0, 1)}, 2},
		"three on one machine":   {[]Usage{on("a", 0, 1), on("a", 0, 1), on("a", 0, 1)}, 2},
		"each has a core":        {[]Usage{on("a", 1), on("a", 0)}, 2},
		"two machines":           {[]Usage{on("b", 0, 1), on("a", 0, 1), on("b", 0, 1)}, 4},
		"one from an older file": {[]Usage{on("a", 0, 1), {GOMAXPROCS: 2}, on("b", 0, 1)}, 0},
		"the first is older":     {[]Usage{{GOMAXPROCS: 2}, on("a", 0, 1)}, 0},
	} {
		var all, backwards Usage
		for i := range c.of {
			all.Merge(c.of[i])
			backwards.Merge(c.of[len(c.of)-1-i])
		}
		if all.Cores() != c.want || !reflect.DeepEqual(all.Machines, backwards.Machines) {
			t.Errorf("%s: %d cores, want %d, of %+v, and the other way round %+v", name, all.Cores(), c.want, all.Machines, backwards.Machines)
		}
	}
}

// A generator that shared its cores is what spoils figures merged of several.
func TestMergedGeneratorsHaveTheFewestFreeCores(t *testing.T) {
	quiet, busy := &FreeAround{Before: 1.9, After: 1.8}, &FreeAround{Before: 0.1, After: 0.2}
	for _, list := range [][]*FreeAround{{quiet, busy}, {busy, quiet}, {nil, busy, nil}} {
		var g Usage
		for _, f := range list {
			g.Merge(Usage{Free: f})
		}
		if g.Free != busy {
			t.Errorf("merged %v, want %v", g.Free, busy)
		}
	}
}
