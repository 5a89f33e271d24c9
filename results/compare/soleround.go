package compare

import (
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A soleRound is the only round of a flow, by its intervals.
type soleRound struct {
	intervals []*record.Interval
	window    record.Window
	total     *tally.Total
	decoded   map[tally.Slot][]*histogram.Histogram // by interval
}

// newSoleRound takes the intervals of a flow that has one round.
func newSoleRound(r *record.Run, flow int) *soleRound {
	s := sample.Series{Flow: flow, Stage: sample.Steady}
	f := &soleRound{window: r.Window(s), total: r.Total(s), decoded: map[tally.Slot][]*histogram.Histogram{}}
	for i := range r.Intervals {
		if in := &r.Intervals[i]; in.Flow == flow && in.Stage == sample.Steady {
			f.intervals = append(f.intervals, in)
		}
	}
	return f
}

// histograms are those of a slot, by interval. One that cannot be read counts as
// empty, which makes a confidence interval less exact, and no figure wrong.
func (f *soleRound) histograms(s tally.Slot) []*histogram.Histogram {
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

// seconds is how much of an interval lies within the load's window.
func (f *soleRound) seconds(i *record.Interval) float64 {
	return f.window.Common(record.Window{From: i.From, To: i.To}).Seconds()
}

// quotient is a track of sums that each interval adds to above and below the line.
func (f *soleRound) quotient(of func(n int, i *record.Interval) (above, below float64)) stats.Track {
	above, below := make([]float64, len(f.intervals)), make([]float64, len(f.intervals))
	for n, i := range f.intervals {
		above[n], below[n] = of(n, i)
	}
	return stats.NewQuotient(above, below)
}

func rateTrack(f *soleRound) stats.Track {
	return f.quotient(func(_ int, i *record.Interval) (above, below float64) { return float64(i.Accepted), f.seconds(i) })
}

func errorsTrack(f *soleRound) stats.Track {
	return f.quotient(func(_ int, i *record.Interval) (above, below float64) {
		for _, n := range i.Messages {
			below += float64(n)
		}
		return below - float64(i.Messages[sample.Accepted]), below
	})
}

func meanTrack(s tally.Slot) func(*soleRound) stats.Track {
	return func(f *soleRound) stats.Track {
		list := f.histograms(s)
		return f.quotient(func(n int, _ *record.Interval) (above, below float64) {
			return float64(list[n].Sum()), float64(list[n].Count())
		})
	}
}

func quantileTrack(s tally.Slot, q float64) func(*soleRound) stats.Track {
	return func(f *soleRound) stats.Track {
		list := f.histograms(s)
		var buckets []stats.Bucket // of one interval at a time: those of all take ten times the memory of the histograms
		return stats.NewQuantile(q, appendBuckets(f.total.Hists[s], nil), len(list), func(i int) []stats.Bucket {
			buckets = appendBuckets(list[i], buckets[:0])
			return buckets
		})
	}
}

// appendBuckets appends what the histogram has, in ascending order.
func appendBuckets(h *histogram.Histogram, list []stats.Bucket) []stats.Bucket {
	for d, count := range h.All() {
		list = append(list, stats.Bucket{Value: float64(d), Count: count})
	}
	return list
}

// bootstrapSeed is fixed, so that the same runs have the same interval.
const bootstrapSeed = 1_000_000_000
