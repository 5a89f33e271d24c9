package results

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/stats"
)

// flowIntervals are the intervals of a flow's only round.
type flowIntervals struct {
	intervals []*StoredInterval
	window    Window
	total     *total
	decoded   map[slot][]*Histogram // by interval
}

// onlyRound returns the intervals of a flow that has one round.
func (r *Run) onlyRound(flow int) *flowIntervals {
	s := sample.Series{Flow: flow, Stage: sample.Steady}
	f := &flowIntervals{window: r.Window(s), total: r.Total(s), decoded: map[slot][]*Histogram{}}
	for i := range r.Intervals {
		if in := &r.Intervals[i]; in.Flow == flow && in.Stage == sample.Steady {
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
		if h, err := i.histogramAt(s); err == nil {
			list[n] = h
		}
	}
	f.decoded[s] = list
	return list
}

// seconds is how much of an interval belongs to the load's window.
func (f *flowIntervals) seconds(i *StoredInterval) float64 {
	return f.window.Common(Window{i.From, i.To}).Seconds()
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
		return below - float64(i.Messages[sample.Accepted]), below
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
		list := f.histograms(s)
		var buckets []stats.Bucket // of one interval at a time: all of them together are ten times the histograms
		return stats.NewQuantile(q, f.total.hists[s].appendTo(nil), len(list), func(i int) []stats.Bucket {
			buckets = list[i].appendTo(buckets[:0])
			return buckets
		})
	}
}

// appendTo appends what the histogram holds, in ascending order.
func (h *Histogram) appendTo(list []stats.Bucket) []stats.Bucket {
	if h == nil {
		return list
	}
	h.buckets.ForEachBucket(func(value, count int64) bool {
		list = append(list, stats.Bucket{Value: float64(value), Count: count})
		return true
	})
	return list
}

// withinSeed is that of the bootstrap: the same runs give the same interval.
const withinSeed = uint64(time.Second)
