package tally

import (
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
)

// A Tally is what one series comes to in one interval, while it is recorded. Failures
// and Pages have to be set.
type Tally struct {
	Counts
	recordings [NumSlots]histogram.Recording
	clamped    [NumSlots]int64
	Failures   Failures
	Pages      *histogram.PagePool // shared by the tallies of one shard
}

// Record adds a time to a slot. A time out of a histogram's range counts as clamped.
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

// Reset empties the tally and keeps its memory.
func (t *Tally) Reset() {
	t.Counts = Counts{}
	for s := range t.recordings {
		t.recordings[s].Reset(t.Pages)
	}
	t.clamped = [NumSlots]int64{}
	clear(t.Failures)
}

// A Total is what a series came to in any time. Totals add up.
type Total struct {
	Counts
	Hists    [NumSlots]*histogram.Histogram // nil if empty
	Clamped  [NumSlots]int64
	Failures Failures
}

// NewTotal returns an empty total.
func NewTotal() *Total { return &Total{Failures: Failures{}} }

// Hist returns the histogram of a slot, made if there is none.
func (t *Total) Hist(s Slot) *histogram.Histogram {
	if t.Hists[s] == nil {
		t.Hists[s] = histogram.New()
	}
	return t.Hists[s]
}

// Absorb adds a tally.
func (t *Total) Absorb(from *Tally) {
	t.AbsorbOnly(from, everySlot)
}

// AbsorbOnly adds a tally with no histograms but those of some slots.
func (t *Total) AbsorbOnly(from *Tally, slots []Slot) {
	t.Counts.Add(&from.Counts)
	for _, s := range slots {
		if r := &from.recordings[s]; !r.Empty() {
			t.Hist(s).Absorb(r)
			t.Clamped[s] += from.clamped[s]
		}
	}
	t.Failures.Merge(from.Failures)
}

// Has tells whether the tally has anything beside the histograms of other slots.
func (t *Tally) Has(slots []Slot) bool {
	return t.Counts != Counts{} || len(t.Failures) > 0 ||
		slices.ContainsFunc(slots, func(s Slot) bool { return !t.recordings[s].Empty() })
}

// Add adds another total, which may be nil.
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
