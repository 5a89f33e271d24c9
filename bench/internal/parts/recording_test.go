package parts

import (
	"io"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results"
)

// BenchmarkRecording is what recording a message takes: every phase, the
// generator's delay at each reply, the outcome.
func BenchmarkRecording(b *testing.B) {
	p := closedPlan("127.0.0.1:25", smtpwire.Off, 1)
	c, err := results.NewCollector(io.Discard, results.NewHeader(p), p, 1, nil)
	if err != nil {
		b.Fatal(err)
	}
	r := c.Recorder(0)
	s := loadgen.Series{Stage: loadgen.Steady}
	b.ReportAllocs()
	d := time.Duration(0)
	for b.Loop() {
		d = (d + 7919) & (1<<24 - 1)
		for p := smtpwire.Mail; p <= smtpwire.Body; p++ {
			r.Service(s, p, d)
			r.Delay(s, d>>4)
		}
		r.Service(s, smtpwire.SpanMessage, d)
		r.Own(s, d>>2)
		r.Message(s, smtpwire.Accepted, loadgen.Steady, 1, 0)
	}
	r.Tick(loadgen.Tick{Last: true})
	if _, err := c.Close(&loadgen.Report{}, results.Generator{}); err != nil {
		b.Fatal(err)
	}
}
