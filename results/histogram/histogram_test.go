package histogram

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latencies draws n latencies as servers have them: most short, a long tail.
func latencies(seed uint64, n int) []time.Duration {
	r := rand.New(rand.NewPCG(seed, 1))
	ds := make([]time.Duration, n)
	for i := range ds {
		d := 80e3 + 150e3*r.ExpFloat64()
		if r.IntN(50) == 0 {
			d *= 40
		}
		ds[i] = time.Duration(d)
	}
	return ds
}

func histogramOf(ds []time.Duration) *Histogram {
	h := New()
	for _, d := range ds {
		h.Record(d)
	}
	return h
}

func TestQuantilesAgainstSortedSlice(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 999, 20000} {
		ds := latencies(uint64(n), n)
		h := histogramOf(ds)
		slices.Sort(ds)
		for _, q := range []float64{0.5, 0.9, 0.99, 0.999, 1} {
			// The shortest that a share q did not exceed, by that definition.
			covered := 0
			for covered < n && float64(covered) < q*float64(n)-1e-9 {
				covered++
			}
			want := ds[covered-1]
			got, ok := h.Quantile(q)
			if tolerance := want/1000 + 512; !ok || got < want-tolerance || got > want+tolerance {
				t.Errorf("n=%d: quantile %v is %v, want %v", n, q, got, want)
			}
		}
		var sum time.Duration
		for _, d := range ds {
			sum += d
		}
		want := sum / time.Duration(n)
		if got, ok := h.Mean(); !ok || got < want-want/1000-512 || got > want+want/1000+512 {
			t.Errorf("n=%d: mean is %v, want %v", n, got, want)
		}
	}
}

func TestNoFigureFromZeroSamples(t *testing.T) {
	for name, h := range map[string]*Histogram{"nil": nil, "empty": New()} {
		_, quantile := h.Quantile(0.99)
		_, top := h.Max()
		_, mean := h.Mean()
		if quantile || top || mean || h.Count() != 0 || h.Sum() != 0 || h.Encode() != "" {
			t.Errorf("%s histogram gives figures", name)
		}
	}
}

func TestMergeIsUnion(t *testing.T) {
	a, b := latencies(1, 3000), latencies(2, 5000)
	both := histogramOf(slices.Concat(a, b))
	h := histogramOf(a)
	h.Merge(histogramOf(b))
	h.Merge(nil)
	if h.Encode() != both.Encode() {
		t.Error("merged histogram differs from that of all samples")
	}
	if Merged(nil, New()) != nil {
		t.Error("merging nothing gives a histogram")
	}
}

func TestOutOfRangeIsClamped(t *testing.T) {
	h := New()
	for d, want := range map[time.Duration]bool{
		0: true, 300: true, time.Hour: true, time.Hour + 1: false, -1: false, 1<<63 - 1: false,
	} {
		if h.Record(d) != want {
			t.Errorf("%v in range: %v, want %v", d, !want, want)
		}
	}
	if h.Count() != 6 {
		t.Errorf("%d recorded, want 6: nothing is dropped", h.Count())
	}
	if top, _ := h.Max(); top < time.Hour || top > time.Hour+2*time.Second {
		t.Errorf("max is %v, want about 1h", top)
	}
}

// The library reads our encoding, and we its.
func TestEncodingIsHdrHistogramV2(t *testing.T) {
	ds := latencies(7, 5000)
	ds = append(ds, 0, 511, 512, 1048575, 1048576, time.Hour)
	h := histogramOf(ds)
	dense := hdrhistogram.New(lowestValue, HighestValue, significantDigits)
	for _, d := range ds {
		if err := dense.RecordValue(int64(d)); err != nil {
			t.Fatal(err)
		}
	}
	theirs, err := hdrhistogram.Decode([]byte(h.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if !theirs.Equals(dense) {
		t.Error("the library reads other counts from our encoding")
	}
	b, err := dense.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := Decode(string(b))
	if err != nil {
		t.Fatal(err)
	}
	if ours.Encode() != h.Encode() {
		t.Error("we read other counts from the library's encoding")
	}
}

func TestZigZagCoversLargeCounts(t *testing.T) {
	for _, n := range []int64{1, 63, 64, 1 << 13, 1 << 39} {
		p := hdrhistogram.NewPacked(lowestValue, HighestValue, significantDigits)
		if err := p.RecordValues(70000, n); err != nil {
			t.Fatal(err)
		}
		h, err := Decode((&Histogram{p}).Encode())
		if err != nil || h.Count() != n {
			t.Errorf("count %d came back as %d, %v", n, h.Count(), err)
		}
	}
}

func TestDecodeRefusesForeignRange(t *testing.T) {
	wide, err := hdrhistogram.New(1, 1<<62, 5).Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	many := hdrhistogram.NewPacked(lowestValue, HighestValue, significantDigits)
	if err := many.RecordValues(1000, MaxCount+1); err != nil {
		t.Fatal(err)
	}
	good := histogramOf(latencies(1, 10)).Encode()
	for name, tt := range map[string]struct{ in, want string }{
		"range":  {string(wide), "want 1000 to 3600000000000 with 3"},
		"base64": {"!", "illegal base64"},
		"short":  {base64.StdEncoding.EncodeToString([]byte("abc")), "not compressed HdrHistogram V2"},
		"cookie": {base64.StdEncoding.EncodeToString(make([]byte, 64)), "not compressed HdrHistogram V2"},
		"cut":    {good[:len(good)/2/4*4], ""},
		"count":  {(&Histogram{many}).Encode(), "samples, want at most"},
	} {
		if _, err := Decode(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	h := histogramOf(latencies(1, 5000))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = len(h.Encode())
	}
	b.ReportMetric(float64(n), "bytes")
}

func BenchmarkDecode(b *testing.B) {
	s := histogramOf(latencies(1, 5000)).Encode()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(s); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAllAgreesWithQuantile holds what is passed on bucket by bucket to what is
// read off as quantiles.
func TestAllAgreesWithQuantile(t *testing.T) {
	h := New()
	var n int64
	for d := time.Duration(1); d < 2*time.Hour; d = d*13/10 + 1 {
		h.Record(d)
		n++
	}
	var below int64
	for d, count := range h.All() {
		below += count
		if at, ok := h.Quantile(float64(below) / float64(n)); !ok || at != d {
			t.Errorf("%d of %d samples are within %v, and the quantile is %v", below, n, d, at)
		}
	}
	if below != n {
		t.Errorf("%d samples gone through, want %d", below, n)
	}
	for range (*Histogram)(nil).All() {
		t.Error("an empty histogram has a duration")
	}
}

// FuzzDecode holds our decoder against the library's: what it takes, both read
// alike, and of our range the library takes no more but for counts without
// bound.
func FuzzDecode(f *testing.F) {
	for _, n := range []int{0, 1, 3, 40, 300, 5000} {
		h := histogramOf(latencies(uint64(n), n))
		f.Add(h.Encode())
		dense := hdrhistogram.New(lowestValue, HighestValue, significantDigits)
		for d, count := range h.All() {
			_ = dense.RecordValues(int64(d), count)
		}
		b, err := dense.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		ours, err := Decode(encoded)
		theirs, theirErr := hdrhistogram.DecodePacked([]byte(encoded))
		switch {
		case err == nil && theirErr != nil:
			t.Fatalf("we read what the library does not: %v", theirErr)
		case err == nil:
			their := &Histogram{theirs}
			if ours.Count() != their.Count() || ours.Encode() != their.Encode() {
				t.Error("we read other counts than the library")
			}
		case theirErr == nil && theirs.LowestTrackableValue() == lowestValue && theirs.HighestTrackableValue() == HighestValue &&
			theirs.SignificantFigures() == significantDigits && theirs.TotalCount() <= MaxCount:
			t.Errorf("the library reads what we do not: %v", err)
		}
	})
}

// FuzzDecodeHistogram takes what is encoded elsewhere: it comes to figures
// within the range, and reads again as the same.
func FuzzDecodeHistogram(f *testing.F) {
	h := New()
	for _, d := range []int64{0, 1, 1e3, 1e6, 1e9, HighestValue} {
		h.buckets.RecordValue(d)
	}
	f.Add(h.Encode())
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := Decode(text)
		if err != nil {
			return
		}
		if n := h.Count(); n < 0 || n > MaxCount {
			t.Fatalf("%d samples", n)
		}
		for _, q := range []float64{0, 0.5, 0.999, 1} {
			d, ok := h.Quantile(q)
			if ok != (h.Count() > 0) || d < 0 || int64(d) > highestEquivalent(HighestValue) {
				t.Errorf("quantile %g is %d, %v", q, d, ok)
			}
		}
		if mean, _ := h.Mean(); mean < 0 {
			t.Errorf("mean %v", mean)
		}
		again, err := Decode(h.Encode())
		if h.Count() > 0 && (err != nil || again.Count() != h.Count()) {
			t.Errorf("%d samples, and again %v", h.Count(), err)
		}
	})
}
