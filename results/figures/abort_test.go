package figures

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// second is what a second adds to a flow.
type second struct {
	accepted, rejected, expected int64
	stage                        sample.Stage
}

func repeated(n int, s second) []second {
	var list []second
	for range n {
		list = append(list, s)
	}
	return list
}

// abortedAt shows the seconds to a watch, and returns after which one it ended the run, and
// why; 0 if it did not.
func abortedAt(t *testing.T, a criteria.Abort, expr string, seconds ...[]second) (at int, why string) {
	t.Helper()
	var err error
	if a.When, err = criteria.ParseThreshold(expr); err != nil {
		t.Fatal(err)
	}
	ends := 0
	w := NewAbortWatch([]criteria.Abort{a}, func() { ends++ })
	var sum tally.MessageCounts
	n := 0
	for _, list := range seconds {
		for _, s := range list {
			n++
			if s.stage != sample.Warmup {
				sum.Accepted, sum.Rejected, sum.Expected = sum.Accepted+s.accepted, sum.Rejected+s.rejected, sum.Expected+s.expected
				sum.Attempted = sum.Accepted + sum.Rejected
			}
			w.Observe(&record.Progress{Elapsed: time.Duration(n) * time.Second, Length: time.Second, Flows: []record.FlowProgress{
				{Name: "other"},
				{Name: "relay", Begun: true, Stage: s.stage, Accepted: s.accepted, FlowCounts: record.FlowCounts{Messages: sum}},
			}})
			if at == 0 && w.Fired() != "" {
				at = n
			}
		}
	}
	if want := min(1, at); ends != want {
		t.Errorf("%s: ended %d times, want %d", expr, ends, want)
	}
	return at, w.Fired()
}

func TestAborts(t *testing.T) {
	good, bad := second{accepted: 90, rejected: 10, stage: sample.Steady}, second{accepted: 50, rejected: 50, stage: sample.Steady}
	warm, drained := second{rejected: 100, stage: sample.Warmup}, second{rejected: 100, stage: sample.Drain}
	expected, nothing := second{rejected: 100, expected: 100, stage: sample.Steady}, second{stage: sample.Steady}
	const over = 5 * time.Second
	for name, c := range map[string]struct {
		abort   criteria.Abort
		expr    string
		seconds [][]second
		at      int
		why     string
	}{
		"all is well":          {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(20, good)}, 0, ""},
		"bad from the start":   {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(20, bad)}, 5, "aborted after 5.00 s: relay.errors is 50.0 % over 5.00 s, limit 20.0 %"},
		"bad later":            {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(10, good), repeated(10, bad)}, 12, "aborted after 12.0 s: relay.errors is 26.0 % over 5.00 s"},
		"bad for a moment":     {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(9, good), repeated(1, bad), repeated(9, good)}, 0, ""},
		"not before its time":  {criteria.Abort{Over: over, After: 9 * time.Second}, "relay.errors > 20%", [][]second{repeated(20, bad)}, 9, "aborted after 9.00 s"},
		"bad in the warm-up":   {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(9, warm), repeated(9, good)}, 0, ""},
		"bad after it":         {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(3, warm), repeated(9, bad)}, 8, "aborted after 8.00 s"},
		"bad in the drain":     {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(9, good), repeated(9, drained)}, 0, ""},
		"each round by itself": {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(3, bad), repeated(1, drained), repeated(3, bad), repeated(1, drained)}, 0, ""},
		"expected":             {criteria.Abort{Over: over}, "relay.errors > 20%", [][]second{repeated(9, expected)}, 0, ""},
		"expected, by number":  {criteria.Abort{Over: over}, "relay.rejected > 20", [][]second{repeated(9, expected)}, 0, ""},
		"by number":            {criteria.Abort{Over: over}, "relay.rejected >= 50", [][]second{repeated(9, good)}, 5, "relay.rejected is 50 over 5.00 s, limit 50"},
		"a low rate":           {criteria.Abort{Over: over}, "relay.rate < 60/s", [][]second{repeated(9, good), repeated(9, bad)}, 13, "relay.rate is 58.0 /s over 5.00 s, limit 60.0 /s"},
		"no rate at all":       {criteria.Abort{Over: over}, "relay.rate < 60/s", [][]second{repeated(9, nothing)}, 5, "relay.rate is 0 /s"},
		"no errors of nothing": {criteria.Abort{Over: over}, "relay.errors >= 0%", [][]second{repeated(9, nothing)}, 0, ""},
		"no time of nothing":   {criteria.Abort{Over: over}, "relay.message.p99 < 1s", [][]second{repeated(9, good)}, 0, ""},
		"another flow":         {criteria.Abort{Over: over}, "nobody.errors > 20%", [][]second{repeated(9, bad)}, 0, ""},
	} {
		if at, why := abortedAt(t, c.abort, c.expr, c.seconds...); at != c.at || !strings.Contains(why, c.why) {
			t.Errorf("%s: after %d s, %q, want after %d s, %q", name, at, why, c.at, c.why)
		}
	}
}

// An aborted run has failed, and does not count what it did not come to as failures too.
func TestAbortedRunsFail(t *testing.T) {
	r := sound(t, nil)
	r.Closing.Aborted = "aborted after 42 s: closed.errors is 35 % over 10 s, limit 20 %"
	outcomes([sample.NumOutcomes]int64{})(r)
	if v := Of(r).Verdict; v.Word != criteria.Failed || v.Reason != r.Closing.Aborted || v.Valid {
		t.Errorf("%s, %q", v, v.Why())
	}
}

// What was refused in the warm-up is told if there was nothing after it.
func TestRefusedWarmupIsTold(t *testing.T) {
	r := sound(t, func(r sample.Recorder) {
		s := samples.Closed
		s.Stage = sample.Warmup
		r.Failure(s, &sample.Failure{Phase: sample.Rcpt, Class: sample.Policy, Code: 554, Text: "Access denied"})
		r.Message(s, sample.Rejected, sample.Warmup, 0, 1)
	})
	outcomes([sample.NumOutcomes]int64{})(r)
	if v := Of(r).Verdict; v.Word != criteria.Failed || !strings.Contains(v.Reason, "warm-up") || !strings.Contains(v.Reason, "554 Access denied") {
		t.Errorf("%s", v)
	}
}

// A run that has lost its end says of each flow how it failed.
func TestFailuresOfARunWithoutAnEnd(t *testing.T) {
	r := sound(t, nil)
	r.Closing = nil
	refused := [sample.NumOutcomes]int64{sample.Rejected: 10}
	outcomes(refused)(r)
	r.Total(samples.Open).Outcomes = refused
	if v := Of(r).Verdict; v.Word != criteria.Failed || len(v.Failures) != 2 {
		t.Errorf("%s, %q", v, v.Failures)
	}
}
