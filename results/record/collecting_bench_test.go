package record

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
)

// BenchmarkCollecting is what the collector does in a second: of flows with so
// many messages each.
func BenchmarkCollecting(b *testing.B) {
	for _, c := range []struct{ flows, messages int }{{1, 10_000}, {100, 20}, {100, 1000}} {
		b.Run(fmt.Sprintf("flows=%d/messages=%d", c.flows, c.messages), func(b *testing.B) {
			p := &loadgen.Plan{Name: "many", Rounds: 1, Scenario: []byte(`{}`)}
			for i := range c.flows {
				p.Flows = append(p.Flows, loadgen.Flow{Name: fmt.Sprint("f", i), Load: loadgen.Load{Sessions: 1}})
			}
			written := make(chan struct{}, 1)
			collector, err := NewCollector(io.Discard, testHeader(p), p, 1, func(*Progress) { written <- struct{}{} })
			if err != nil {
				b.Fatal(err)
			}
			r := collector.Recorder(0)
			second, d := 0, time.Duration(1)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				for flow := range c.flows {
					s := sample.Series{Flow: flow, Stage: sample.Steady}
					for range c.messages {
						for phase := range sample.Phase(sample.NumPhases) {
							d = (d*16807 + 7) & (1<<24 - 1)
							r.Service(s, phase, d/time.Duration(phase+1))
						}
						r.Own(s, d>>6)
						r.Delay(s, d>>7)
						r.Message(s, sample.Accepted, sample.Steady, 1, 0)
					}
				}
				second++
				b.StartTimer()
				to := time.Duration(second) * time.Second
				r.Tick(sample.Tick{From: at(to - time.Second), To: at(to)})
				<-written
			}
			r.Tick(sample.Tick{Last: true})
			if _, err := collector.Close(samples.Report(), generator.Usage{}); err != nil {
				b.Fatal(err)
			}
		})
	}
}
