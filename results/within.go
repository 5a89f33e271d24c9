package results

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results/stats"
)

// flowIntervals are the intervals of a flow's only round.
type flowIntervals struct {
	intervals []*StoredInterval
	window    window
	total     *total
	decoded   map[slot][]*Histogram     // by interval
	buckets   map[slot][][]stats.Bucket // what those hold
}

// onlyRound returns the intervals of a flow that has one round.
func (r *Run) onlyRound(flow int) *flowIntervals {
	s := loadgen.Series{Flow: flow, Stage: loadgen.Steady}
	f := &flowIntervals{window: r.windows[s], total: r.totals[s], decoded: map[slot][]*Histogram{}, buckets: map[slot][][]stats.Bucket{}}
	for i := range r.Intervals {
		if in := &r.Intervals[i]; in.Flow == flow && in.Stage == loadgen.Steady {
			f.intervals = append(f.intervals, in)
		}
	}
	return f
}

// histograms are the intervals' of a phase. One that cannot be read counts for
// nothing: it is missed in an interval's width, not in a figure.
func (f *flowIntervals) histograms(s slot) []*Histogram {
	if list, ok := f.decoded[s]; ok {
		return list
	}
	list := make([]*Histogram, len(f.intervals))
	for n, i := range f.intervals {
		if encoded := i.histograms[s.name()]; encoded != "" {
			if h, err := DecodeHistogram(encoded); err == nil {
				list[n] = h
			}
		}
	}
	f.decoded[s] = list
	return list
}

// held is what the intervals' histograms of a phase hold, which each quantile
// asks for.
func (f *flowIntervals) held(s slot) [][]stats.Bucket {
	if list, ok := f.buckets[s]; ok {
		return list
	}
	var list [][]stats.Bucket
	for _, h := range f.histograms(s) {
		list = append(list, h.all())
	}
	f.buckets[s] = list
	return list
}

// seconds is how much of an interval belongs to the load's window.
func (f *flowIntervals) seconds(i *StoredInterval) float64 {
	return max(0, min(i.To, f.window.to).Sub(max(i.From, f.window.from))).Seconds()
}

func (f *flowIntervals) quotient(of func(n int, i *StoredInterval) (above, below float64)) stats.Track {
	above, below := make([]float64, len(f.intervals)), make([]float64, len(f.intervals))
	for n, i := range f.intervals {
		above[n], below[n] = of(n, i)
	}
	return stats.NewQuotient(above, below)
}

func rateWithin(f *flowIntervals) stats.Track {
	return f.quotient(func(_ int, i *StoredInterval) (above, below float64) { return float64(i.Accepted), f.seconds(i) })
}

func errorsWithin(f *flowIntervals) stats.Track {
	return f.quotient(func(_ int, i *StoredInterval) (above, below float64) {
		for _, n := range i.Messages {
			below += float64(n)
		}
		return below - float64(i.Messages[smtpwire.Accepted]), below
	})
}

func meanWithin(s slot) func(*flowIntervals) stats.Track {
	return func(f *flowIntervals) stats.Track {
		list := f.histograms(s)
		return f.quotient(func(n int, _ *StoredInterval) (above, below float64) {
			return float64(list[n].Sum()), float64(list[n].Count())
		})
	}
}

func quantileWithin(s slot, q float64) func(*flowIntervals) stats.Track {
	return func(f *flowIntervals) stats.Track {
		return stats.NewQuantile(q, f.total.hists[s].all(), f.held(s))
	}
}

// all returns what the histogram holds, in ascending order.
func (h *Histogram) all() []stats.Bucket {
	if h == nil {
		return nil
	}
	var list []stats.Bucket
	h.buckets.ForEachBucket(func(value, count int64) bool {
		list = append(list, stats.Bucket{Value: float64(value), Count: count})
		return true
	})
	return list
}

// withinSeed is that of the bootstrap: the same runs give the same interval.
const withinSeed = uint64(time.Second)
