package tally

import (
	"cmp"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Waiting is how many arrivals of an open load had been due at a time and were not
// done: those under way, and those that waited to begin.
type Waiting struct {
	At       sample.Instant
	Arrivals int64
}

// MaxWaiting bounds how often a backlog is kept: over an hour of seconds.
const MaxWaiting = 4096

// A Backlog is a flow's Waiting over time.
type Backlog struct {
	list  []Waiting
	every int // one in so many intervals is kept; 0 for 1
	seen  int // intervals since the last one that was kept

	done              int64 // arrivals since the run began
	lastDue, lastDone int64 // of the last interval
}

// List is how many arrivals waited at the end of each interval. In a long run it leaves
// out intervals evenly.
func (b *Backlog) List() []Waiting { return b.list }

// Done counts arrivals that were done in a part of an interval. A part that follows
// Note belongs to the interval if it is noted with the same time.
func (b *Backlog) Done(n int64) { b.done += n }

// Note notes the end of an interval, with the arrivals that were due since the run
// began and the sessions that are open. An interval may come in several parts, of which
// the last has it right. One in which nothing happened is left out.
func (b *Backlog) Note(at sample.Instant, due int64, open int) {
	w := Waiting{at, max(0, due-b.done)}
	if last := len(b.list) - 1; last >= 0 && b.list[last].At == at {
		b.list[last], b.lastDone = w, b.done
		return
	}
	if open == 0 && due == b.lastDue && b.done == b.lastDone {
		return
	}
	b.lastDue, b.lastDone = due, b.done
	if b.seen++; b.seen >= b.every {
		b.list, b.seen = append(b.list, w), 0
		b.bound()
	}
}

// bound leaves out every other interval once there are too many.
func (b *Backlog) bound() {
	for len(b.list) > MaxWaiting {
		kept := b.list[:0]
		for i := 0; i < len(b.list); i += 2 {
			kept = append(kept, b.list[i])
		}
		b.list, b.every = kept, 2*max(1, b.every)
	}
}

// Merge adds the backlog of another generator, which had another part of the arrivals.
func (b *Backlog) Merge(from *Backlog) {
	if len(b.list) == 0 || len(from.list) == 0 {
		b.list = append(slices.Clone(b.list), from.list...)
		return
	}
	type change struct {
		Waiting
		which int
	}
	var all []change
	for which, list := range [][]Waiting{b.list, from.list} {
		for _, w := range list {
			all = append(all, change{w, which})
		}
	}
	slices.SortStableFunc(all, func(x, y change) int { return cmp.Compare(x.At, y.At) })
	var now [2]int64
	b.list = nil
	for _, c := range all {
		now[c.which] = c.Arrivals
		b.list = append(b.list, Waiting{c.At, now[0] + now[1]})
	}
	b.bound()
}
