package telemetry

import (
	"math"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/metricfamily"

	dto "github.com/prometheus/client_model/go"
)

// written is a distribution of h as it is exposed.
func written(t *testing.T, h *histogram.Histogram, kinds bucketKinds) *dto.Histogram {
	t.Helper()
	d := newDistribution()
	d.absorb(h)
	m, err := d.metric(description(metricfamily.Delay), time.Now(), kinds)
	if err != nil {
		t.Fatal(err)
	}
	var out dto.Metric
	if err := m.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.GetHistogram()
}

// spread has samples from a nanosecond to more than the range.
func spread() *histogram.Histogram {
	h := histogram.New()
	for d := time.Duration(1); d < 2*time.Hour; d = d*11/10 + 1 {
		h.Record(d)
	}
	return h
}

// TestBoundsAgreeWithQuantiles holds each bucket to the quantile: the share
// within a bound has its quantile within it, and one sample more has not.
func TestBoundsAgreeWithQuantiles(t *testing.T) {
	h := spread()
	n := float64(h.Count())
	for _, kinds := range []bucketKinds{classicBuckets, allBuckets} {
		out := written(t, h, kinds)
		if out.GetSampleCount() != uint64(n) || len(out.GetBucket()) != len(bounds) {
			t.Fatalf("%d samples in %d buckets", out.GetSampleCount(), len(out.GetBucket()))
		}
		for i, b := range out.GetBucket() {
			within := float64(b.GetCumulativeCount())
			if q, ok := h.Quantile(within / n); within > 0 && (!ok || q > bounds[i]) {
				t.Errorf("%v of %v samples are said to be within %v, and the quantile is %v", within, n, bounds[i], q)
			}
			if q, _ := h.Quantile((within + 1) / n); within < n && q <= bounds[i] {
				t.Errorf("only %v of %v samples are said to be within %v, and the next is %v", within, n, bounds[i], q)
			}
		}
	}
}

// TestNativeBuckets holds the native buckets to their definition: bucket i ends
// at 2^(i/8) s, and begins where the one before ends.
func TestNativeBuckets(t *testing.T) {
	for d := range spread().All() {
		i := float64(nativeIndex(d))
		if s := d.Seconds(); s > math.Exp2(i/8)*(1+1e-12) || s <= math.Exp2((i-1)/8)*(1-1e-12) {
			t.Errorf("%v is in bucket %v, of %v to %v s", d, i, math.Exp2((i-1)/8), math.Exp2(i/8))
		}
	}
	out := written(t, spread(), allBuckets)
	var count, sum int64
	for _, delta := range out.GetPositiveDelta() {
		count += delta
		sum += count
	}
	if uint64(sum) != out.GetSampleCount() || out.GetSchema() != nativeSchema || out.GetZeroCount() != 0 {
		t.Errorf("%d samples in native buckets, want %d", sum, out.GetSampleCount())
	}
	if len(written(t, spread(), classicBuckets).GetPositiveSpan()) > 0 {
		t.Error("there are native buckets where only classic ones are wanted")
	}
}

func TestBoundsAscend(t *testing.T) {
	for i, b := range bounds[1:] {
		if b <= bounds[i] {
			t.Errorf("bound %v after %v", b, bounds[i])
		}
	}
	if bounds[0] != 10*time.Microsecond || bounds[len(bounds)-1] != 100*time.Second || len(bounds) != 22 {
		t.Errorf("bounds %v", bounds)
	}
}

// BenchmarkAbsorb is what one phase costs, once a second.
func BenchmarkAbsorb(b *testing.B) {
	h, d := spread(), newDistribution()
	for b.Loop() {
		d.absorb(h)
	}
}
