package telemetry

import (
	"io"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// twoFlows is a plan with a closed flow and an open one, and with a warm-up.
func twoFlows() *loadgen.Plan {
	return &loadgen.Plan{
		Name: "two", Warmup: time.Second, Scenario: []byte(`{"name":"two"}`),
		Flows: []loadgen.Flow{
			{Name: "relay", Target: loadgen.Target{Port: 25}, Load: loadgen.Load{Sessions: 2}},
			{Name: "inbound", Target: loadgen.Target{Port: 587}, Load: loadgen.Load{
				Stages: []pace.Stage{{For: time.Second, From: 5, To: 5}}, Unit: loadgen.Messages,
			}},
		},
	}
}

// A course is a run under way, recorded second by second: the real collector
// between a recorder that is fed by hand and the metrics.
type course struct {
	plan      *loadgen.Plan
	metrics   *Metrics
	collector *record.Collector
	recorder  sample.Recorder
	header    record.Header
	second    int
	observed  chan struct{} // after each interval
	watched   bool          // somebody looks at the server
}

func newCourse(t testing.TB) *course {
	t.Helper()
	c := &course{plan: twoFlows(), observed: make(chan struct{}, 100)}
	c.metrics, c.header = NewMetrics(c.plan), record.NewHeader(c.plan, criteria.Criteria{Thresholds: []criteria.Threshold{{
		Expr: "relay.accepted >= 20", Flow: "relay", Op: ">=", Limit: 20,
		Metric: criteria.Metric{Kind: criteria.Count, Outcome: sample.Accepted},
	}}})
	collector, err := record.NewCollector(io.Discard, c.header, c.plan, 1, func(i *record.Progress) {
		c.metrics.Observe(i)
		c.observed <- struct{}{}
	})
	if err != nil {
		t.Fatal(err)
	}
	c.collector, c.recorder = collector, collector.Recorder(0)
	return c
}

func (c *course) at(d time.Duration) sample.Instant {
	return sample.Instant(c.header.Started.Add(d).UnixNano())
}

// record records one second, the first of which is warm-up, and waits until
// the metrics have it.
func (c *course) record() {
	relay := sample.Series{Flow: 0, Stage: sample.Steady}
	inbound := sample.Series{Flow: 1, Stage: sample.Steady}
	if c.second == 0 {
		relay.Stage = sample.Warmup
	}
	r := c.recorder
	for i := range 10 {
		d := time.Duration(c.second*10+i+1) * time.Millisecond
		r.Service(relay, sample.SpanMessage, d)
		r.Service(relay, sample.Mail, d/10)
		r.Message(relay, sample.Accepted, relay.Stage, 1, 0)
		r.Delay(relay, 10*time.Microsecond)
		r.Own(relay, 100*time.Microsecond)
		r.Response(inbound, sample.SpanMessage, 2*d)
		r.Lag(inbound, sample.SpanMessage, d)
		r.Late(inbound, 60*time.Microsecond)
	}
	r.Message(inbound, sample.Rejected, sample.Steady, 0, 2)
	r.Failure(inbound, &sample.Failure{
		Phase: sample.Rcpt, Class: sample.RecipientUnknown, Code: 550,
		Enhanced: sample.EnhancedCode{5, 1, 1}, Text: "the server's own words",
	})
	r.Session(relay, sample.SessionStarted)
	r.Session(relay, sample.SessionCompleted)
	if c.watched {
		c.look()
	}
	c.second++
	to := time.Duration(c.second) * time.Second
	due := int64(10 * c.second)
	r.Tick(sample.Tick{
		From: c.at(to - time.Second), To: c.at(to), Busy: 250 * time.Millisecond, Waited: 50 * time.Millisecond,
		Open: []int{2, c.second}, Peak: []int{3, 5}, Due: []int64{0, due}, Begun: []int64{0, due - 1},
	})
	// The collector reports an interval when no shard will add to it any more.
	<-c.observed
}

// look is what is seen of the server in a second.
func (c *course) look() {
	from, to := c.at(time.Duration(c.second)*time.Second), c.at(time.Duration(c.second+1)*time.Second)
	written, switches, none, queue, length := int64(8192), int64(70), int64(0), int64(3), float64(c.second)
	c.collector.ServerLooks(&tally.ServerSample{
		From: from, To: to, CPU: 500 * time.Millisecond, Cores: 4, Processes: 5, Memory: 1e6 * int64(3-c.second),
		Written: &written, Switches: &switches, Overflows: &none, Drops: &none, Queue: &queue,
	})
	c.collector.Answered(&tally.Answer{Query: "queued", From: from, To: to, Value: &length})
	c.collector.Answered(&tally.Answer{Query: "gone", From: from, To: to, Missed: "no answer"})
}

// end ends the run.
func (c *course) end(t testing.TB) *record.Run {
	t.Helper()
	end := time.Duration(c.second)*time.Second + 100*time.Millisecond
	due := int64(10 * c.second)
	c.recorder.Window(sample.Series{Stage: sample.Steady}, c.at(time.Second), c.at(end))
	c.recorder.Window(sample.Series{Flow: 1, Stage: sample.Steady}, c.at(0), c.at(end))
	c.recorder.Tick(sample.Tick{
		From: c.at(time.Duration(c.second) * time.Second), To: c.at(end), Last: true,
		Open: []int{0, 0}, Peak: []int{0, 0}, Due: []int64{0, due}, Begun: []int64{0, due},
	})
	run, err := c.collector.Close(&sample.Report{Started: c.at(0), Ended: c.at(end), Shards: 1}, generator.Usage{GOMAXPROCS: 1})
	if err != nil {
		t.Fatal(err)
	}
	c.metrics.Finish(figures.Of(run))
	return run
}
