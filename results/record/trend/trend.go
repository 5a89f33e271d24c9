// Package trend keeps how the load of a flow went over time: in blocks of equal length, of
// which there are never more than [Most], however long a run is. A block is a sum of the
// run's intervals. So a percentile of a block is that of its samples, and not a mean of
// others.
package trend

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record/grain"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// Most is how many blocks there are at most. If there are more, neighbours are put together.
const Most = 128

// narrowest is how many seconds a block has at least. No interval of a run file is longer
// than the blocks are when it is written (see package grain), so a file gives the same
// blocks as the run that wrote it.
const narrowest = 8

// Slots are the histograms that a block has.
var Slots = []tally.Slot{
	tally.SlotOf(sample.SpanMessage, sample.Service), tally.SlotOf(sample.SpanMessage, sample.Response),
	tally.SlotOf(sample.SpanSession, sample.Service), tally.SlotOf(sample.SpanSession, sample.Response),
}

// A Block is what a flow's load came to in some time.
type Block struct {
	First    int64          // its first second since the start of the run, from 1
	From, To sample.Instant // of the intervals in it
	Counts   tally.Counts
	times    map[tally.Slot]*histogram.Histogram
}

// Times are the block's times in one of Slots; nil if there are none.
func (b *Block) Times(s tally.Slot) *histogram.Histogram { return b.times[s] }

// time is the histogram of a slot, made if there is none.
func (b *Block) time(s tally.Slot) *histogram.Histogram {
	if b.times[s] == nil {
		if b.times == nil {
			b.times = map[tally.Slot]*histogram.Histogram{}
		}
		b.times[s] = histogram.New()
	}
	return b.times[s]
}

// Join adds another block, of any other time.
func (b *Block) Join(o *Block) {
	if b.To == 0 {
		b.From, b.To = o.From, o.To
	}
	b.From, b.To = min(b.From, o.From), max(b.To, o.To)
	b.Counts.Add(&o.Counts)
	for s, h := range o.times {
		b.time(s).Merge(h)
	}
}

// A Trend is the blocks of a flow's load. The zero Trend is empty.
type Trend struct {
	width  int64 // seconds of a block; 0 of an empty trend
	blocks []*Block
	broken error
}

// Width is how many seconds a block has.
func (t *Trend) Width() int64 { return max(narrowest, t.width) }

// Blocks are in the order of time. Of a time in which nothing was recorded there is none.
func (t *Trend) Blocks() []*Block { return t.blocks }

// Add adds what an interval came to that ends with second n of the run.
func (t *Trend) Add(n int64, from, to sample.Instant, total *tally.Total) {
	b := &Block{From: from, To: to, Counts: total.Counts}
	for _, s := range Slots {
		if h := total.Hists[s]; h.Count() > 0 {
			b.time(s).Merge(h)
		}
	}
	t.put(n, b)
}

// Read adds an interval as Add does, from encoded histograms. If one of them is none, that is
// what Broken says from then on.
func (t *Trend) Read(n int64, from, to sample.Instant, counts *tally.Counts, encoded func(tally.Slot) []byte) {
	b := &Block{From: from, To: to, Counts: *counts}
	for _, s := range Slots {
		if text := encoded(s); len(text) > 0 {
			if err := b.time(s).Decode(text, histogram.MaxInterval); err != nil {
				t.broken = cmp.Or(t.broken, fmt.Errorf("the histogram %q of interval %d cannot be read: %w", s.Name(), n, err))
			}
		}
	}
	t.put(n, b)
}

// Broken is why times are missing; nil if none are.
func (t *Trend) Broken() error { return t.broken }

// Merge adds the trend of another generator, which began so many seconds later.
func (t *Trend) Merge(from *Trend, later int64) {
	for t.Width() < from.Width() {
		t.widen()
	}
	t.broken = cmp.Or(t.broken, from.broken)
	for _, b := range from.blocks {
		copied := &Block{}
		copied.Join(b)
		t.put(b.First+later, copied)
	}
}

// put adds a block to the one that has second n.
func (t *Trend) put(n int64, b *Block) {
	t.width = t.Width()
	b.First = grain.First(n, t.width)
	i, found := slices.BinarySearchFunc(t.blocks, b.First, func(b *Block, first int64) int { return cmp.Compare(b.First, first) })
	if found {
		t.blocks[i].Join(b)
		return
	}
	t.blocks = slices.Insert(t.blocks, i, b)
	for len(t.blocks) > Most {
		t.widen()
	}
}

// widen puts two and two together.
func (t *Trend) widen() {
	t.width = 2 * t.Width()
	list := t.blocks[:0]
	for _, b := range t.blocks {
		b.First = grain.First(b.First, t.width)
		if last := len(list) - 1; last >= 0 && list[last].First == b.First {
			list[last].Join(b)
			continue
		}
		list = append(list, b)
	}
	clear(t.blocks[len(list):])
	t.blocks = list
}
