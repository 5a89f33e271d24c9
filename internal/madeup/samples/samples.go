// Package samples makes up samples for tests: a plan, and known numbers that its flows
// report.
package samples

import (
	"net/netip"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Epoch is when made-up runs start.
var Epoch = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// At returns the time that is d after Epoch.
func At(d time.Duration) sample.Instant { return sample.Instant(Epoch.Add(d).UnixNano()) }

// TwoFlows returns a plan with a closed flow and an open one.
func TwoFlows(rounds int) *loadgen.Plan {
	return &loadgen.Plan{
		Name: "two", Seed: 7, Rounds: rounds,
		Flows: []loadgen.Flow{
			{Name: "closed", Target: loadgen.Target{Port: 25}, Load: loadgen.Load{Sessions: 2}},
			{Name: "open", Target: loadgen.Target{Port: 587}, Load: loadgen.Load{
				Stages: []pace.Stage{{For: time.Second, From: 5, To: 5}}, Unit: loadgen.Messages,
			}},
		},
		Scenario: []byte(`{"name":"two"}`),
	}
}

// The series of TwoFlows' load.
var (
	Closed = sample.Series{Flow: 0, Stage: sample.Steady}
	Open   = sample.Series{Flow: 1, Stage: sample.Steady}
)

// Ticks is how many ticks Feed records.
const Ticks = 4

// Feed records three seconds of TwoFlows on a shard, and its end. The messages take 1 ms,
// 2 ms, 3 ms and so on.
func Feed(r sample.Recorder, shard int) {
	for n := range Ticks {
		FeedTick(r, shard, n)
	}
}

// FeedTick records the part of Feed that ends with tick n, from 0.
func FeedTick(r sample.Recorder, shard, n int) {
	if n == Ticks-1 {
		r.Tick(sample.Tick{Shard: shard, From: At(3 * time.Second), To: At(3100 * time.Millisecond), Open: []int{0, 0},
			Peak: []int{0, 0}, Due: []int64{0, 30}, Begun: []int64{0, 30}, Last: true})
		return
	}
	warm, s := Closed, Closed
	warm.Stage = sample.Warmup
	if n == 0 {
		s = warm
	}
	for i := range 10 {
		d := time.Duration(n*10+i+1) * time.Millisecond
		r.Service(s, sample.SpanMessage, d)
		r.Message(s, sample.Accepted, s.Stage, 1, 0)
		r.Delay(s, 10*time.Microsecond)
		r.Response(Open, sample.SpanMessage, 2*d)
		r.Lag(Open, sample.SpanMessage, d)
		r.Late(Open, time.Microsecond)
	}
	r.Message(Open, sample.Outcome(n+1), sample.Steady, 0, 2)
	r.Failure(Open, &sample.Failure{Phase: sample.Rcpt, Class: sample.RecipientUnknown, Code: 550,
		Enhanced: sample.EnhancedCode{5, 1, 1}, Text: "no such user"})
	r.Session(Closed, sample.SessionStarted)
	r.Session(Closed, sample.SessionCompleted)
	r.Visits(s, netip.MustParseAddr("127.0.0.1"), sample.Visits{Started: 2})
	r.Visits(s, netip.MustParseAddr("127.0.0.2"), sample.Visits{Started: 1, Unreached: 1, Why: "refused: no"})
	r.Greeting(Closed, netip.MustParseAddr("127.0.0.1"), &sample.Greeting{Banner: "mx.example.test ESMTP", Clear: []string{"PIPELINING", "SIZE 1000"}})
	switch n {
	case 0:
		r.Window(warm, At(0), At(time.Second))
	case 2:
		r.Window(Closed, At(time.Second), At(3*time.Second))
		r.Window(Open, At(0), At(3*time.Second))
	}
	to := time.Duration(n+1) * time.Second
	r.Tick(sample.Tick{Shard: shard, From: At(to - time.Second), To: At(to), Busy: 250 * time.Millisecond, Waited: 50 * time.Millisecond,
		Open: []int{2, n}, Peak: []int{3, 5}, Due: []int64{0, int64(10 * (n + 1))}, Begun: []int64{0, int64(10 * (n + 1))}})
}

// Report returns the report of a run that Feed recorded.
func Report() *sample.Report {
	return &sample.Report{Started: At(0), Ended: At(3100 * time.Millisecond), Shards: 1}
}
