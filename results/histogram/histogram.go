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
// HighestValue are recorded as HighestValue, and the caller counts them as clamped.
const (
	lowestValue       = int64(time.Microsecond)
	HighestValue      = int64(time.Hour)
	significantDigits = 3
)

// A Histogram counts how often each duration was seen, to three significant digits
// from 1 µs to 1 h. It takes memory for the buckets in use alone, so that a run can
// keep one for every phase of every flow and round. A nil *Histogram is empty and
// may be read.
//
// There is no figure from zero samples: methods that return one also return whether
// it is there.
type Histogram struct {
	buckets *hdrhistogram.PackedHistogram
}

// New returns an empty histogram.
func New() *Histogram {
	return &Histogram{hdrhistogram.NewPacked(lowestValue, HighestValue, significantDigits)}
}

// Record adds one duration. A duration out of range is recorded as the nearest within
// it, and inRange is false.
func (h *Histogram) Record(d time.Duration) (inRange bool) {
	v, inRange := Clamp(d)
	// Cannot fail: v is in range, and 2^63 samples are out of reach.
	_ = h.buckets.RecordValue(v)
	return inRange
}

// Count returns the number of durations recorded.
func (h *Histogram) Count() int64 {
	if h == nil {
		return 0
	}
	return h.buckets.TotalCount()
}

// Quantile returns the shortest duration that a share q (0 to 1) of the samples did
// not exceed. It is false if there are no samples.
func (h *Histogram) Quantile(q float64) (time.Duration, bool) {
	n := float64(h.Count())
	if n == 0 {
		return 0, false
	}
	// The library rounds the rank to the nearest; the definition rounds up.
	rank := min(n, math.Ceil(q*n-1e-9))
	return time.Duration(h.buckets.ValueAtPercentile(100 * rank / n)), true
}

// Max returns the longest duration. It is false if there are no samples.
func (h *Histogram) Max() (time.Duration, bool) { return h.Quantile(1) }

// Mean returns the arithmetic mean. It is false if there are no samples.
func (h *Histogram) Mean() (time.Duration, bool) {
	if h.Count() == 0 {
		return 0, false
	}
	return time.Duration(h.buckets.Mean()), true
}

// Sum returns all durations added up; 0 if there are no samples.
func (h *Histogram) Sum() time.Duration {
	mean, _ := h.Mean()
	return time.Duration(float64(mean) * float64(h.Count()))
}

// All goes through the durations seen, in ascending order, with how often each was.
// A duration stands for all that are counted with it, and is the longest of them, as
// in Quantile: so the two agree on what is below a bound.
func (h *Histogram) All() iter.Seq2[time.Duration, int64] {
	return func(yield func(time.Duration, int64) bool) {
		if h == nil {
			return
		}
		h.buckets.ForEachBucket(func(lowest, count int64) bool {
			return yield(time.Duration(highestEquivalent(lowest)), count)
		})
	}
}

// Merge adds the samples of from, which may be nil.
func (h *Histogram) Merge(from *Histogram) {
	if from.Count() > 0 {
		h.buckets.Merge(from.buckets)
	}
}

// Merged returns a new histogram with the samples of all of hs; nil if there are
// none.
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
		_ = h.buckets.RecordValues(lowestIn(cell), n) // is in range
	}
}

// WritePercentiles writes the percentile distribution in the text form that
// HdrHistogram's plotters read (.hgrm), in milliseconds.
func (h *Histogram) WritePercentiles(w io.Writer) error {
	dense := hdrhistogram.New(lowestValue, HighestValue, significantDigits)
	if h != nil {
		h.buckets.MergeInto(dense)
	}
	_, err := dense.PercentilesPrint(w, 5, float64(time.Millisecond))
	return err
}

// Clamp returns a duration in nanoseconds, or the nearest within the range. It tells
// whether the duration was in the range.
func Clamp(d time.Duration) (v int64, inRange bool) {
	switch v = int64(d); {
	case v > HighestValue:
		return HighestValue, false
	case v < 0:
		return 0, false
	}
	return v, true
}
