package record

import (
	"bytes"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
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
	if _, err := c.Close(samples.Report(), generator.Usage{Free: &generator.FreeAround{Before: 1.5, After: 1.5}, Machines: []generator.Machine{{ID: "a", Cores: []int{0, 1}}}}); err != nil {
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
		a, z := contents(whole), contents(lean)
		if a != z {
			t.Errorf("Read comes to\n%s\nand ReadTotals to\n%s", a, z)
		}
	})
}

// FuzzMerge merges a run from anywhere with one that is known: what comes of it
// can be written.
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
			contents(sum)
			if sum.identities[0] == sum.identities[1] {
				t.Error("a run is merged with itself")
			}
		}
	})
}
