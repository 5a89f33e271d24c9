package bench

import (
	"runtime"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Run measures a scenario: b.N messages, as many at once as its load says. A
// scenario of several flows has a sub-benchmark for each, named for it.
//
// scenario is a path, "builtin:NAME", or with YAML a name for what is given
// there. Its load says how the messages are sent, and go test's -benchtime how
// many: durations, amounts, rounds and thresholds in it count for nothing here.
//
// What is wrong with the scenario, and a server that answers nothing, end the
// benchmark. Rejected and failed messages are counted as errors.
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

// freeCores looks at what else the machine does. Tests take its place, since
// they have to pass however busy it is.
var freeCores = machine.FreeCores

// measure measures one flow. B.Loop gives the messages out, so that all of it
// is one run, with one warm-up: a benchmark by b.N would be begun anew, and
// warmed up again, for each guess at how many there have to be.
func (s *subject) measure(b *testing.B, flow string) {
	b.Helper()
	job := s.job(b, flow)
	if err := endless(&job.Plan.Flows[0].Load); err != nil {
		b.Fatalf("%s: flow %s: %v", s.name, flow, err)
	}
	defer spareProcessor()()
	b.StartTimer() // Loop wants it running, and sets it back itself

	var began time.Time
	more := func() bool {
		if began.IsZero() {
			began = time.Now()
		}
		return b.Loop()
	}
	result, err := job.Run(b.Context(), gauge.Options{More: more, FreeCores: freeCores})
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

// spareProcessor gives the generator's thread a processor of the Go scheduler
// on top of what -cpu says, since it keeps one while it waits for replies: a
// server in the same process would have one less otherwise, and none with
// -cpu=1.
func spareProcessor() (restore func()) {
	given := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(given + 1)
	return func() { runtime.GOMAXPROCS(given) }
}
