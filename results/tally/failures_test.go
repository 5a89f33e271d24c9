package tally

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestFailureKindsAreBounded(t *testing.T) {
	f := Failures{}
	for code := range 600 {
		f.Count(&sample.Failure{Phase: sample.Rcpt, Class: sample.PermFail, Code: code, Text: "x"})
	}
	var sum int64
	for _, c := range f {
		sum += c.count
	}
	if len(f) > MaxFailureKinds+1 || sum != 600 {
		t.Errorf("%d kinds, %d in all", len(f), sum)
	}
}
