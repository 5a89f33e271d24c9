package bench

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Run measures a scenario with b.N messages, as many at once as its load says. If the
// scenario has several flows, each has a sub-benchmark of its name.
//
// scenario is a path or "builtin:NAME", or a name for what the option YAML gives. Its
// load says how the messages are sent, and -benchtime of go test how many. Durations,
// amounts, rounds and thresholds in the scenario have no effect here.
//
// Before the first message, a session without one is tried. A scenario that is wrong, a
// server that cannot take the flow's mail, and one that answers no message end the
// benchmark. Rejected and failed messages count as errors.
func Run(b *testing.B, scenario string, options ...Option) {
	b.Helper()
	s := open(b, scenario, options)
	if len(s.flows) == 1 {
		s.measure(b, s.flows[0])
		return
	}
	for _, flow := range s.flows {
		b.Run(flow, func(b *testing.B) { s.measure(b, flow) })
	}
}

// freeCores measures how many cores nobody uses. Tests replace it, because they have to
// pass on a busy machine.
var freeCores = machine.FreeCores

// measure measures one flow. B.Loop gives out the messages, so that the benchmark is one
// run with one warm-up. With b.N it would begin again, with another warm-up, for each
// guess of go test at how many messages there have to be.
func (s *subject) measure(b *testing.B, flow string) {
	b.Helper()
	job := s.job(b, flow)
	s.probe(b, job)
	if err := endless(&job.Plan.Flows[0].Load); err != nil {
		b.Fatalf("%s: flow %s: %v", s.name, flow, err)
	}
	shards := max(1, s.settings.shards)
	defer spareProcessors(shards)()
	b.StartTimer() // Loop requires that it runs, and resets it

	var turn sync.Mutex // Loop is for one goroutine, and a shard is one
	var began time.Time
	over := false
	more := func() bool {
		turn.Lock()
		defer turn.Unlock()
		if began.IsZero() {
			began = time.Now()
		}
		over = over || !b.Loop() // which must not be called again then
		return !over
	}
	result, err := job.Run(b.Context(), gauge.Options{More: more, FreeCores: freeCores, Shards: shards})
	if err != nil {
		b.Fatal(err)
	}
	f := figuresOf(b, result)
	if f == nil {
		b.FailNow()
	}
	_, ended := result.Run.Steady(flow)
	elapsed := ended.Sub(began)
	b.ReportMetric(float64(elapsed.Nanoseconds())/float64(f.Messages.Attempted), "ns/op")
	rate := f.Rate
	if f.Load == sample.ClosedLoad {
		rate = float64(f.Messages.Accepted) / elapsed.Seconds()
	}
	report(b, f, rate)
}

// spareProcessors adds processors of Go's scheduler to those that -cpu says, one for each
// of the generator's threads, which keep them while they wait for replies. Otherwise a
// server in the same process would have fewer, and none with -cpu=1.
func spareProcessors(shards int) (restore func()) {
	given := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(given + shards)
	return func() { runtime.GOMAXPROCS(given) }
}
