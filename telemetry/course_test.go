package telemetry

import (
	"io"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results"
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
		Thresholds: []loadgen.Threshold{{
			Expr: "relay.accepted >= 20", Flow: "relay", Op: ">=", Limit: 20,
			Metric: loadgen.Metric{Kind: loadgen.Count, Outcome: smtpwire.Accepted},
		}},
	}
}

// A course is a run under way, recorded second by second: the real collector
// between a recorder that is fed by hand and the metrics.
type course struct {
	plan      *loadgen.Plan
	metrics   *Metrics
	collector *results.Collector
	recorder  loadgen.Recorder
	header    results.Header
	second    int
	observed  chan struct{} // after each interval
}

func newCourse(t testing.TB) *course {
	t.Helper()
	c := &course{plan: twoFlows(), observed: make(chan struct{}, 100)}
	c.metrics, c.header = NewMetrics(c.plan), results.NewHeader(c.plan)
	collector, err := results.NewCollector(io.Discard, c.header, c.plan, 1, func(i *results.Interval) {
		c.metrics.Observe(i)
		c.observed <- struct{}{}
	})
	if err != nil {
		t.Fatal(err)
	}
	c.collector, c.recorder = collector, collector.Recorder(0)
	return c
}

func (c *course) at(d time.Duration) smtpwire.Instant {
	return smtpwire.Instant(c.header.Started.Add(d).UnixNano())
}

// record records one second, the first of which is warm-up, and waits until
// the metrics have it.
func (c *course) record() {
	relay := loadgen.Series{Flow: 0, Stage: loadgen.Steady}
	inbound := loadgen.Series{Flow: 1, Stage: loadgen.Steady}
	if c.second == 0 {
		relay.Stage = loadgen.Warmup
	}
	r := c.recorder
	for i := range 10 {
		d := time.Duration(c.second*10+i+1) * time.Millisecond
		r.Service(relay, smtpwire.SpanMessage, d)
		r.Service(relay, smtpwire.Mail, d/10)
		r.Message(relay, smtpwire.Accepted, relay.Stage, 1, 0)
		r.Delay(relay, 10*time.Microsecond)
		r.Own(relay, 100*time.Microsecond)
		r.Response(inbound, smtpwire.SpanMessage, 2*d)
		r.Lag(inbound, smtpwire.SpanMessage, d)
		r.Late(inbound, 60*time.Microsecond)
	}
	r.Message(inbound, smtpwire.Rejected, loadgen.Steady, 0, 2)
	r.Failure(inbound, &smtpwire.Failure{
		Phase: smtpwire.Rcpt, Class: smtpwire.RecipientUnknown, Code: 550,
		Enhanced: smtpwire.EnhancedCode{5, 1, 1}, Text: "the server's own words",
	})
	r.Session(relay, loadgen.SessionStarted)
	r.Session(relay, loadgen.SessionCompleted)
	c.second++
	to := time.Duration(c.second) * time.Second
	due := int64(10 * c.second)
	r.Tick(loadgen.Tick{
		From: c.at(to - time.Second), To: c.at(to), Busy: 250 * time.Millisecond, Waited: 50 * time.Millisecond,
		Open: []int{2, c.second}, Peak: []int{3, 5}, Due: []int64{0, due}, Begun: []int64{0, due - 1},
	})
	// The collector tells of an interval when no shard will add to it any more.
	<-c.observed
}

// end ends the run.
func (c *course) end(t testing.TB) *results.Run {
	t.Helper()
	end := time.Duration(c.second)*time.Second + 100*time.Millisecond
	due := int64(10 * c.second)
	c.recorder.Window(loadgen.Series{Stage: loadgen.Steady}, c.at(time.Second), c.at(end))
	c.recorder.Window(loadgen.Series{Flow: 1, Stage: loadgen.Steady}, c.at(0), c.at(end))
	c.recorder.Tick(loadgen.Tick{
		From: c.at(time.Duration(c.second) * time.Second), To: c.at(end), Last: true,
		Open: []int{0, 0}, Peak: []int{0, 0}, Due: []int64{0, due}, Begun: []int64{0, due},
	})
	run, err := c.collector.Close(&loadgen.Report{Started: c.at(0), Ended: c.at(end), Shards: 1}, results.MeasureGenerator())
	if err != nil {
		t.Fatal(err)
	}
	c.metrics.Finish(run.Result())
	return run
}
