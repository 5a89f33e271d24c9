package parts

import (
	"io"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// BenchmarkRecording measures how long it takes to record a message: every phase, the
// generator's delay at each reply, and the outcome.
func BenchmarkRecording(b *testing.B) {
	p := closedPlan("127.0.0.1:25", sample.Off, 1)
	c, err := record.NewCollector(io.Discard, record.NewHeader(p, criteria.Criteria{}), p, 1, nil)
	if err != nil {
		b.Fatal(err)
	}
	r := c.Recorder(0)
	s := sample.Series{Stage: sample.Steady}
	b.ReportAllocs()
	d := time.Duration(0)
	for b.Loop() {
		d = (d + 7919) & (1<<24 - 1)
		for p := sample.Mail; p <= sample.Body; p++ {
			r.Service(s, p, d)
			r.Delay(s, d>>4)
		}
		r.Service(s, sample.SpanMessage, d)
		r.Own(s, d>>2)
		r.Message(s, sample.Accepted, sample.Steady, 1, 0)
	}
	r.Tick(sample.Tick{Last: true})
	if _, err := c.Close(&sample.Report{}, generator.Usage{}); err != nil {
		b.Fatal(err)
	}
}
