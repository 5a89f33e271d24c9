package record

import (
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
)

// A tally is what one series comes to in one interval, while it is recorded.
type tally struct {
	counts
	recordings [numSlots]histogram.Recording
	clamped    [numSlots]int64
	failures   failures
	pages      *histogram.PagePool // the batch's
}

func (t *tally) record(s Slot, d time.Duration) {
	v, inRange := histogram.Clamp(d)
	if !inRange {
		t.clamped[s]++
	}
	cell, r := histogram.CellOf(v), &t.recordings[s]
	if !r.Counted(cell) {
		r.Record(cell, t.pages)
	}
}

// reset makes the tally empty, and keeps its memory.
func (t *tally) reset() {
	t.counts = counts{}
	for s := range t.recordings {
		t.recordings[s].Reset(t.pages)
	}
	t.clamped = [numSlots]int64{}
	clear(t.failures)
}

// A Total is what a series comes to over any time, to be kept and added up.
type Total struct {
	counts
	Hists    [numSlots]*histogram.Histogram // nil where empty
	Clamped  [numSlots]int64
	Failures failures
}

func NewTotal() *Total { return &Total{Failures: failures{}} }

func (t *Total) hist(s Slot) *histogram.Histogram {
	if t.Hists[s] == nil {
		t.Hists[s] = histogram.New()
	}
	return t.Hists[s]
}

// absorb adds a tally.
func (t *Total) absorb(from *tally) {
	t.counts.add(&from.counts)
	for s := range from.recordings {
		if r := &from.recordings[s]; !r.Empty() {
			t.hist(Slot(s)).Absorb(r)
			t.Clamped[s] += from.clamped[s]
		}
	}
	t.Failures.merge(from.failures)
}

// Add adds another total.
func (t *Total) Add(from *Total) {
	if from == nil {
		return
	}
	t.counts.add(&from.counts)
	for s, h := range from.Hists {
		if h.Count() > 0 {
			t.hist(Slot(s)).Merge(h)
			t.Clamped[s] += from.Clamped[s]
		}
	}
	t.Failures.merge(from.Failures)
}
