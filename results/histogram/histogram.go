package histogram

import (
	"io"
	"iter"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range and precision of every histogram, in nanoseconds. Values under
// lowestValue are kept, at the same absolute resolution (512 ns); values over
// highestValue are recorded as highestValue and counted as clamped.
const (
	lowestValue       = int64(time.Microsecond)
	HighestValue      = int64(time.Hour)
	significantDigits = 3
)

// A Histogram keeps how often each duration was seen, to three significant
// digits from 1 µs to 1 h. It holds only the buckets in use, so that a run can
// keep one for every phase of every flow and round. A nil *Histogram is empty
// and may be read.
//
// There is no figure from zero samples: what reads a figure off a Histogram
// says whether there is one.
type Histogram struct {
	Buckets *hdrhistogram.PackedHistogram
}

// NewHistogram returns an empty histogram.
func New() *Histogram {
	return &Histogram{hdrhistogram.NewPacked(lowestValue, HighestValue, significantDigits)}
}

// Record adds one duration. It tells whether d was within range; a duration
// that was not has been recorded as the nearest that is.
func (h *Histogram) Record(d time.Duration) (inRange bool) {
	v, inRange := Clamp(d)
	// Cannot fail: v is in range, and 2^63 samples are out of reach.
	_ = h.Buckets.RecordValue(v)
	return inRange
}

// Count returns the number of durations recorded.
func (h *Histogram) Count() int64 {
	if h == nil {
		return 0
	}
	return h.Buckets.TotalCount()
}

// Quantile returns the shortest duration that a share q (0 to 1) of the
// samples did not exceed. It is false where there are no samples.
func (h *Histogram) Quantile(q float64) (time.Duration, bool) {
	n := float64(h.Count())
	if n == 0 {
		return 0, false
	}
	// The library rounds the rank to the nearest; the definition rounds up.
	rank := min(n, math.Ceil(q*n-1e-9))
	return time.Duration(h.Buckets.ValueAtPercentile(100 * rank / n)), true
}

// Max returns the longest duration. It is false where there are no samples.
func (h *Histogram) Max() (time.Duration, bool) { return h.Quantile(1) }

// Mean returns the arithmetic mean. It is false where there are no samples.
func (h *Histogram) Mean() (time.Duration, bool) {
	if h.Count() == 0 {
		return 0, false
	}
	return time.Duration(h.Buckets.Mean()), true
}

// Sum returns all durations added up, and zero where there are no samples.
func (h *Histogram) Sum() time.Duration {
	mean, _ := h.Mean()
	return time.Duration(float64(mean) * float64(h.Count()))
}

// All goes through the durations seen, in ascending order, with how often each
// was. One stands for all that are not told apart from it, and is the longest
// of them, as in Quantile: so the two agree on what is below a bound.
func (h *Histogram) All() iter.Seq2[time.Duration, int64] {
	return func(yield func(time.Duration, int64) bool) {
		if h == nil {
			return
		}
		h.Buckets.ForEachBucket(func(lowest, count int64) bool {
			return yield(time.Duration(highestEquivalent(lowest)), count)
		})
	}
}

// Merge adds the samples of from, which may be nil.
func (h *Histogram) Merge(from *Histogram) {
	if from.Count() > 0 {
		h.Buckets.Merge(from.Buckets)
	}
}

// Merged returns a new histogram with the samples of all of hs, or nil where
// there are none.
func Merged(hs ...*Histogram) *Histogram {
	var sum *Histogram
	for _, h := range hs {
		if h.Count() == 0 {
			continue
		}
		if sum == nil {
			sum = New()
		}
		sum.Merge(h)
	}
	return sum
}

// Absorb adds the samples of a recording.
func (h *Histogram) Absorb(from *Recording) {
	for cell, n := range from.all() {
		_ = h.Buckets.RecordValues(lowestIn(cell), n) // is in range
	}
}

// WritePercentiles writes the percentile distribution in the text form that
// HdrHistogram's plotters read (.hgrm), in milliseconds.
func (h *Histogram) WritePercentiles(w io.Writer) error {
	dense := hdrhistogram.New(lowestValue, HighestValue, significantDigits)
	if h != nil {
		h.Buckets.MergeInto(dense)
	}
	_, err := dense.PercentilesPrint(w, 5, float64(time.Millisecond))
	return err
}

func Clamp(d time.Duration) (v int64, inRange bool) {
	switch v = int64(d); {
	case v > HighestValue:
		return HighestValue, false
	case v < 0:
		return 0, false
	}
	return v, true
}
