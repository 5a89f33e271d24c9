package compare

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// flowIntervals are the intervals of a flow's only round.
type flowIntervals struct {
	intervals []*record.StoredInterval
	window    record.Window
	total     *tally.Total
	decoded   map[tally.Slot][]*histogram.Histogram // by interval
}

// onlyRound returns the intervals of a flow that has one round.
func onlyRound(r *record.Run, flow int) *flowIntervals {
	s := sample.Series{Flow: flow, Stage: sample.Steady}
	f := &flowIntervals{window: r.Window(s), total: r.Total(s), decoded: map[tally.Slot][]*histogram.Histogram{}}
	for i := range r.Intervals {
		if in := &r.Intervals[i]; in.Flow == flow && in.Stage == sample.Steady {
			f.intervals = append(f.intervals, in)
		}
	}
	return f
}

// histograms are the intervals' of a phase. One that cannot be read counts for
// nothing: it is missed in an interval's width, not in a figure.
func (f *flowIntervals) histograms(s tally.Slot) []*histogram.Histogram {
	if list, ok := f.decoded[s]; ok {
		return list
	}
	list := make([]*histogram.Histogram, len(f.intervals))
	for n, i := range f.intervals {
		if h, err := i.HistogramAt(s); err == nil {
			list[n] = h
		}
	}
	f.decoded[s] = list
	return list
}

// seconds is how much of an interval belongs to the load's window.
func (f *flowIntervals) seconds(i *record.StoredInterval) float64 {
	return f.window.Common(record.Window{From: i.From, To: i.To}).Seconds()
}

func (f *flowIntervals) quotient(of func(n int, i *record.StoredInterval) (above, below float64)) stats.Track {
	above, below := make([]float64, len(f.intervals)), make([]float64, len(f.intervals))
	for n, i := range f.intervals {
		above[n], below[n] = of(n, i)
	}
	return stats.NewQuotient(above, below)
}

func rateWithin(f *flowIntervals) stats.Track {
	return f.quotient(func(_ int, i *record.StoredInterval) (above, below float64) { return float64(i.Accepted), f.seconds(i) })
}

func errorsWithin(f *flowIntervals) stats.Track {
	return f.quotient(func(_ int, i *record.StoredInterval) (above, below float64) {
		for _, n := range i.Messages {
			below += float64(n)
		}
		return below - float64(i.Messages[sample.Accepted]), below
	})
}

func meanWithin(s tally.Slot) func(*flowIntervals) stats.Track {
	return func(f *flowIntervals) stats.Track {
		list := f.histograms(s)
		return f.quotient(func(n int, _ *record.StoredInterval) (above, below float64) {
			return float64(list[n].Sum()), float64(list[n].Count())
		})
	}
}

func quantileWithin(s tally.Slot, q float64) func(*flowIntervals) stats.Track {
	return func(f *flowIntervals) stats.Track {
		list := f.histograms(s)
		var buckets []stats.Bucket // of one interval at a time: all of them together are ten times the histograms
		return stats.NewQuantile(q, appendBuckets(f.total.Hists[s], nil), len(list), func(i int) []stats.Bucket {
			buckets = appendBuckets(list[i], buckets[:0])
			return buckets
		})
	}
}

// appendTo appends what the histogram holds, in ascending order.
func appendBuckets(h *histogram.Histogram, list []stats.Bucket) []stats.Bucket {
	if h == nil {
		return list
	}
	h.Buckets.ForEachBucket(func(value, count int64) bool {
		list = append(list, stats.Bucket{Value: float64(value), Count: count})
		return true
	})
	return list
}

// withinSeed is that of the bootstrap: the same runs give the same interval.
const withinSeed = uint64(time.Second)
