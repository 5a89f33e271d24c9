package parts

import (
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// closedPlan returns a plan that sends messages of 1 KiB over one connection.
func closedPlan(addr string, pipelining sample.Switch, messages int64) *loadgen.Plan {
	return &loadgen.Plan{Name: "bench", Seed: 1, Rounds: 1, Flows: []loadgen.Flow{{
		Name:    "flow",
		Target:  loadgen.Target{Network: "tcp", Host: "127.0.0.1", Port: 25, Dial: addr},
		Session: loadgen.Session{Wire: smtpwire.Options{Pipelining: pipelining}},
		Load:    loadgen.Load{Sessions: 1, Messages: messages},
		Mail:    mail.Options{From: "bench@example.test", To: []string{"bench@example.test"}, Size: mail.Size{Median: 1 << 10}},
	}}}
}

// prepare prepares a plan to run as the command runs it: with the platform's driver, all
// samples recorded, and the run file written.
func prepare(t testing.TB, p *loadgen.Plan) (run func()) {
	t.Helper()
	c, err := record.NewCollector(io.Discard, record.NewHeader(p, criteria.Criteria{}), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := loadgen.New(p, c.Recorder, loadgen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		report, err := e.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		run, err := c.Close(report, generator.Usage{})
		if err != nil {
			t.Fatal(err)
		}
		if got := figures.Of(run).Flows["flow"].Messages.Accepted; got != p.Flows[0].Load.Messages {
			t.Fatalf("%d messages accepted, want %d", got, p.Flows[0].Load.Messages)
		}
	}
}

var ways = []struct {
	name       string
	pipelining sample.Switch
}{{"lockstep", sample.Off}, {"pipelined", sample.On}}

// BenchmarkMessage measures a message from end to end over an open connection. The server's
// part counts too: it is in this process, allocates nothing, and does as little as it can.
func BenchmarkMessage(b *testing.B) {
	for _, w := range ways {
		b.Run(w.name, func(b *testing.B) {
			run := prepare(b, closedPlan(listen(b), w.pipelining, int64(b.N)))
			b.ReportAllocs()
			b.ResetTimer()
			run()
		})
	}
}

// TestSteadyStateAllocatesNothing subtracts the allocations of a run from those of a run that
// is twice as long. The difference is what the messages allocate, without the beginning and
// the end of a run. Other parts of the process allocate a little too, so a few allocations are
// allowed, but less than one for every tenth message. Each second of the collector is allowed
// some as well, because a busy machine takes more seconds for the same messages.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	const (
		messages = 20_000
		aSecond  = 600 // allocations that an interval takes, at the most
	)
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			addr := listen(t)
			mallocs := func(n int64) float64 {
				var before, after runtime.MemStats
				run := prepare(t, closedPlan(addr, w.pipelining, n))
				runtime.ReadMemStats(&before)
				began := time.Now()
				run()
				runtime.ReadMemStats(&after)
				return float64(after.Mallocs-before.Mallocs) - aSecond*time.Since(began).Seconds()
			}
			mallocs(messages) // what is made once a process
			once, twice := mallocs(messages), mallocs(2*messages)
			perMessage := (twice - once) / messages
			t.Logf("%.0f allocations in %d messages, %.0f in %d, without those of each second", once, messages, twice, 2*messages)
			if perMessage > 0.1 {
				t.Errorf("%.2f allocations a message, want none", perMessage)
			}
		})
	}
}
