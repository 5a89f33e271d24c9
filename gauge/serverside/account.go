package serverside

// An identity is a process: numbers are used again, but not from the same clock tick.
type identity struct {
	pid     int
	started uint64 // clock ticks since the machine started
}

// A reading is what a process's counters say.
type reading struct {
	parent   int     // its number
	own      float64 // seconds of CPU
	children float64 // seconds of CPU of descendants that were waited for
	written  float64 // octets, those of descendants that were waited for included
	switches float64 // of its threads
}

// An account adds up what a changing set of processes uses.
type account struct {
	began uint64 // when watching did, in clock ticks: what a process started later has used is the run's
	last  map[identity]reading

	cpu, unseen float64 // seconds of CPU so far, and those of them that processes used after the last look at them
}

// A use is what processes used between two looks.
type use struct{ cpu, written, switches float64 }

// mostUnseen is the share of the CPU time that processes may use after the last look at
// them: their context switches then are those of all, to about so much.
const mostUnseen = 0.1

// short tells whether context switches are missing: unlike CPU time and what was
// written, a parent does not have those of the processes it waited for.
func (a *account) short() bool { return a.unseen > mostUnseen*a.cpu }

const tick = 0.01 // seconds: what the kernel rounds CPU times down to

// advance returns what was used since the look before. A process that is gone was
// counted as long as it lived. Its parent has all of it again, once it has waited for
// it, so that only what was not seen before counts there.
func (a *account) advance(now map[identity]reading) use {
	gone := a.inherited(now)
	var sum use
	for id, r := range now {
		before, known := a.last[id]
		if !known && id.started < a.began {
			before = r // it belongs to the server only from here on
		}
		sum.cpu += max(0, r.own-before.own)
		sum.switches += max(0, r.switches-before.switches)
		gained, left := r.children-before.children, gone[id]
		unseen := max(0, gained-left.cpu)
		sum.cpu += unseen
		a.unseen += unseen
		written := r.written - before.written
		if gained >= left.cpu-tick*float64(1+left.processes) { // they were waited for
			written -= left.written
		}
		sum.written += max(0, written)
	}
	a.last = now
	a.cpu += sum.cpu
	return sum
}

// has tells whether a process was the server's at the last look.
func (a *account) has(id identity) bool {
	_, ok := a.last[id]
	return ok
}

// An estate is what was seen of processes that are gone.
type estate struct {
	processes    int
	cpu, written float64
}

// inherited returns the estates by heir: the nearest ancestor that lives.
func (a *account) inherited(now map[identity]reading) map[identity]estate {
	byPID := map[int]identity{}
	for id := range a.last {
		byPID[id.pid] = id
	}
	estates := map[identity]estate{}
	for id, r := range a.last {
		if _, lives := now[id]; lives {
			continue
		}
		heir, ok := byPID[r.parent]
		for steps := 0; ok && steps < len(a.last); steps++ {
			if _, lives := now[heir]; lives {
				e := estates[heir]
				estates[heir] = estate{e.processes + 1, e.cpu + r.own + r.children, e.written + r.written}
				break
			}
			heir, ok = byPID[a.last[heir].parent]
		}
	}
	return estates
}
