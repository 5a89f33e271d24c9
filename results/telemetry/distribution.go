package telemetry

import (
	"maps"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/smtpgauge/smtpgauge/results/histogram"

	dto "github.com/prometheus/client_model/go"
)

// bounds are those of the classic buckets: 1, 2 and 5 in each power of ten,
// from what a fast server takes to more than any default timeout. They are few
// because each is a series, of every phase of every flow; the native buckets are
// closer.
var bounds = func() []time.Duration {
	var list []time.Duration
	for decade := 10 * time.Microsecond; decade <= 10*time.Second; decade *= 10 {
		list = append(list, decade, 2*decade, 5*decade)
	}
	return append(list, 100*time.Second)
}()

// nativeSchema makes each native bucket 9 % wider than the one before, as most clients
// of Prometheus have it. Their number is about what OpenTelemetry allows.
const nativeSchema = 3

// A distribution is a histogram with the buckets that are exposed. It is made from
// ours, whose cells are closer, so that the counts at the bounds are exact to the
// three digits that ours keep.
type distribution struct {
	count   uint64
	sum     time.Duration
	classic []uint64      // by bound: samples above the bound before and not above this one
	native  map[int]int64 // by Prometheus' index
}

func newDistribution() *distribution {
	return &distribution{classic: make([]uint64, len(bounds)), native: map[int]int64{}}
}

// absorb adds the samples of h, which may be nil.
func (d *distribution) absorb(h *histogram.Histogram) {
	i := 0
	for took, n := range h.All() {
		for i < len(bounds) && took > bounds[i] {
			i++
		}
		if i < len(bounds) {
			d.classic[i] += uint64(n)
		}
		d.native[nativeIndex(took)] += n
	}
	d.count += uint64(h.Count())
	d.sum += h.Sum()
}

// nativeIndex is the index of the first bucket that ends at d or above; d is positive.
func nativeIndex(d time.Duration) int {
	return int(math.Ceil(math.Ldexp(math.Log2(d.Seconds()), nativeSchema)))
}

// bucketKinds are which buckets a histogram is exposed with.
type bucketKinds int

const (
	classicBuckets bucketKinds = iota
	allBuckets                 // native ones too
)

// metric makes it a metric.
func (d *distribution) metric(desc *prometheus.Desc, created time.Time, kinds bucketKinds, labels ...string) (prometheus.Metric, error) {
	if kinds == allBuckets {
		m, err := prometheus.NewConstNativeHistogram(desc, d.count, d.sum.Seconds(), maps.Clone(d.native), nil, 0, nativeSchema, 0, created, labels...)
		return bothHistograms{m, d.buckets()}, err
	}
	cumulative := map[float64]uint64{}
	for _, b := range d.buckets() {
		cumulative[b.GetUpperBound()] = b.GetCumulativeCount()
	}
	return prometheus.NewConstHistogramWithCreatedTimestamp(desc, d.count, d.sum.Seconds(), cumulative, created, labels...)
}

func (d *distribution) buckets() []*dto.Bucket {
	var below uint64
	list := make([]*dto.Bucket, len(bounds))
	for i, bound := range bounds {
		below += d.classic[i]
		upper, cumulative := bound.Seconds(), below
		list[i] = &dto.Bucket{UpperBound: &upper, CumulativeCount: &cumulative}
	}
	return list
}

// bothHistograms is a native histogram that has classic buckets too: a scraper
// takes those it knows.
type bothHistograms struct {
	prometheus.Metric
	classic []*dto.Bucket
}

// Write writes the metric with both kinds of buckets.
func (m bothHistograms) Write(out *dto.Metric) error {
	if err := m.Metric.Write(out); err != nil {
		return err
	}
	out.Histogram.Bucket = m.classic
	return nil
}
