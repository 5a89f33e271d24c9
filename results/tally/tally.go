package tally

import (
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
)

// A Tally is what one series comes to in one interval, while it is recorded.
type Tally struct {
	Counts
	recordings [NumSlots]histogram.Recording
	clamped    [NumSlots]int64
	Failures   Failures
	Pages      *histogram.PagePool // the batch's
}

func (t *Tally) Record(s Slot, d time.Duration) {
	v, inRange := histogram.Clamp(d)
	if !inRange {
		t.clamped[s]++
	}
	cell, r := histogram.CellOf(v), &t.recordings[s]
	if !r.Counted(cell) {
		r.Record(cell, t.Pages)
	}
}

// Reset makes the tally empty, and keeps its memory.
func (t *Tally) Reset() {
	t.Counts = Counts{}
	for s := range t.recordings {
		t.recordings[s].Reset(t.Pages)
	}
	t.clamped = [NumSlots]int64{}
	clear(t.Failures)
}

// A Total is what a series comes to over any time, to be kept and added up.
type Total struct {
	Counts
	Hists    [NumSlots]*histogram.Histogram // nil where empty
	Clamped  [NumSlots]int64
	Failures Failures
}

func NewTotal() *Total { return &Total{Failures: Failures{}} }

func (t *Total) Hist(s Slot) *histogram.Histogram {
	if t.Hists[s] == nil {
		t.Hists[s] = histogram.New()
	}
	return t.Hists[s]
}

// Absorb adds a tally.
func (t *Total) Absorb(from *Tally) {
	t.Counts.Add(&from.Counts)
	for s := range from.recordings {
		if r := &from.recordings[s]; !r.Empty() {
			t.Hist(Slot(s)).Absorb(r)
			t.Clamped[s] += from.clamped[s]
		}
	}
	t.Failures.Merge(from.Failures)
}

// Add adds another total.
func (t *Total) Add(from *Total) {
	if from == nil {
		return
	}
	t.Counts.Add(&from.Counts)
	for s, h := range from.Hists {
		if h.Count() > 0 {
			t.Hist(Slot(s)).Merge(h)
			t.Clamped[s] += from.Clamped[s]
		}
	}
	t.Failures.Merge(from.Failures)
}
