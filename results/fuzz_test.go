package results

import (
	"bytes"
	"encoding/json"
	"testing"
)

// fuzzFile is a run file to begin from, a new run each time.
func fuzzFile(f *testing.F) []byte {
	var file bytes.Buffer
	p := twoFlows(1)
	c, err := NewCollector(&file, testHeader(p), p, 1, nil)
	if err != nil {
		f.Fatal(err)
	}
	feed(patient{c.recorders[0]}, 0)
	if _, err := c.Close(testReport(), Generator{Free: &FreeBeside{1.5, 1.5}}); err != nil {
		f.Fatal(err)
	}
	return file.Bytes()
}

// FuzzReadTotals holds the two ways to read a file together: what both take comes
// to the same. Histograms of intervals, which they look at in different ways, may
// be such as only one takes.
func FuzzReadTotals(f *testing.F) {
	file := fuzzFile(f)
	f.Add(file)
	for cut := 1; cut < len(file); cut += len(file) / 7 {
		f.Add(file[:cut])
	}
	f.Add(bytes.Replace(file, []byte(`,"histograms":{`), []byte(`, "histograms":{`), 1))
	f.Add(bytes.Replace(file, []byte(`"message":"`), []byte(`"message":"}`), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		whole, err := Read(bytes.NewReader(b))
		lean, leanErr := ReadTotals(bytes.NewReader(b))
		if err != nil || leanErr != nil {
			return
		}
		a, failed := json.Marshal(whole.Result())
		if failed != nil {
			t.Fatal(failed)
		}
		z, failed := json.Marshal(lean.Result())
		if failed != nil {
			t.Fatal(failed)
		}
		if !bytes.Equal(a, z) {
			t.Errorf("Read comes to\n%s\nand ReadTotals to\n%s", a, z)
		}
	})
}

// FuzzMerge merges a run from anywhere with one that is known, and compares the
// two: counts and figures stay numbers.
func FuzzMerge(f *testing.F) {
	file := fuzzFile(f)
	known, err := Read(bytes.NewReader(file))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(fuzzFile(f))
	f.Add(file[:len(file)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		run, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		if sum, err := Merge(known, run); err == nil {
			if _, err := json.Marshal(sum.Result()); err != nil {
				t.Error(err)
			}
			if sum.identities[0] == sum.identities[1] {
				t.Error("a run is merged with itself")
			}
		}
		if c, err := Compare([]*Run{known}, []*Run{run}, CompareOptions{}); err == nil {
			if _, err := json.Marshal(c); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzDecodeHistogram takes what is encoded elsewhere: it comes to figures
// within the range, and reads again as the same.
func FuzzDecodeHistogram(f *testing.F) {
	h := NewHistogram()
	for _, d := range []int64{0, 1, 1e3, 1e6, 1e9, highestValue} {
		h.buckets.RecordValue(d)
	}
	f.Add(h.Encode())
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := DecodeHistogram(text)
		if err != nil {
			return
		}
		if n := h.Count(); n < 0 || n > maxCount {
			t.Fatalf("%d samples", n)
		}
		for _, q := range []float64{0, 0.5, 0.999, 1} {
			d, ok := h.Quantile(q)
			if ok != (h.Count() > 0) || d < 0 || int64(d) > highestEquivalent(highestValue) {
				t.Errorf("quantile %g is %d, %v", q, d, ok)
			}
		}
		if mean, _ := h.Mean(); mean < 0 {
			t.Errorf("mean %v", mean)
		}
		again, err := DecodeHistogram(h.Encode())
		if h.Count() > 0 && (err != nil || again.Count() != h.Count()) {
			t.Errorf("%d samples, and again %v", h.Count(), err)
		}
	})
}
