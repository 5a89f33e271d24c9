package results

import (
	"time"
)

// A tally is what one series comes to in one interval, while it is recorded.
type tally struct {
	counts
	recordings [numSlots]recording
	clamped    [numSlots]int64
	failures   failures
	pages      *pagePool // the batch's
}

func (t *tally) record(s slot, d time.Duration) {
	v, inRange := clamp(d)
	if !inRange {
		t.clamped[s]++
	}
	cell, r := cellOf(v), &t.recordings[s]
	if !r.counted(cell) {
		r.record(cell, t.pages)
	}
}

// reset makes the tally empty, and keeps its memory.
func (t *tally) reset() {
	t.counts = counts{}
	for s := range t.recordings {
		t.recordings[s].reset(t.pages)
	}
	t.clamped = [numSlots]int64{}
	clear(t.failures)
}

// A total is what a series comes to over any time, to be kept and added up.
type total struct {
	counts
	hists    [numSlots]*Histogram // nil where empty
	clamped  [numSlots]int64
	failures failures
}

func newTotal() *total { return &total{failures: failures{}} }

func (t *total) hist(s slot) *Histogram {
	if t.hists[s] == nil {
		t.hists[s] = NewHistogram()
	}
	return t.hists[s]
}

// absorb adds a tally.
func (t *total) absorb(from *tally) {
	t.counts.add(&from.counts)
	for s := range from.recordings {
		if r := &from.recordings[s]; !r.empty() {
			t.hist(slot(s)).absorb(r)
			t.clamped[s] += from.clamped[s]
		}
	}
	t.failures.merge(from.failures)
}

// add adds another total.
func (t *total) add(from *total) {
	if from == nil {
		return
	}
	t.counts.add(&from.counts)
	for s, h := range from.hists {
		if h.Count() > 0 {
			t.hist(slot(s)).Merge(h)
			t.clamped[s] += from.clamped[s]
		}
	}
	t.failures.merge(from.failures)
}
