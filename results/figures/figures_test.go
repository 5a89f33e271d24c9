package figures

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func TestFiguresOfWhatWasRecorded(t *testing.T) {
	run, _ := madeup.Collect(t, 1)
	res := Of(run)
	f := res.Flows["closed"]
	if f.Messages != (tally.MessageCounts{Attempted: 20, Accepted: 20}) || f.Warmup.Messages.Accepted != 10 {
		t.Errorf("messages %+v, warm-up %+v", f.Messages, f.Warmup)
	}
	if f.Rate != 10 || f.Window != 2*time.Second {
		t.Errorf("rate %v over %v, want 20 messages in 2 s", f.Rate, f.Window)
	}
	m := f.Phases["message"]
	if m.Count != 20 || m.Service.Max < 29.9e6 || m.Service.Max > 30.1e6 || m.Service.P50 < 19.9e6 || m.Service.P50 > 20.1e6 {
		t.Errorf("message times %+v", m.Service)
	}
	if m.Response != nil || f.Phases["mail"] != nil {
		t.Error("figures from no samples")
	}
	if f.Sessions != (tally.SessionCounts{Started: 3, Completed: 3, Failed: 0, Peak: 3}) {
		t.Errorf("sessions %+v", f.Sessions)
	}
	o := res.Flows["open"]
	if o.Messages != (tally.MessageCounts{Attempted: 3, Rejected: 1, Failed: 1, Unknown: 1}) || o.Recipients.Rejected != 6 {
		t.Errorf("messages %+v, recipients %+v", o.Messages, o.Recipients)
	}
	if *o.Arrivals != (tally.ArrivalCounts{Due: 30, Begun: 30}) || o.Phases["message"].Response.Count != 30 || o.Phases["message"].Service != nil {
		t.Errorf("open flow %+v", o)
	}
	want := []tally.FailureCount{{Phase: "rcpt", Class: "recipient-unknown", Code: 550, Enhanced: "5.1.1", Count: 3, Example: "no such user"}}
	if fmt.Sprint(o.Errors) != fmt.Sprint(want) {
		t.Errorf("errors %v, want %v", o.Errors, want)
	}
	if d := res.Generator.DeniedShare; d < 0.166 || d > 0.167 {
		t.Errorf("denied %v, want 50 ms of each 300 ms in which a CPU was wanted", d)
	}
	if res.Generator.BusiestShare != 0.25 || res.Elapsed != 3100*time.Millisecond || res.Partial {
		t.Errorf("generator %+v, elapsed %v", res.Generator, res.Elapsed)
	}
}

func TestShardsAddUp(t *testing.T) {
	one, _ := madeup.Collect(t, 1)
	three, file := madeup.Collect(t, 3)
	a, b := Of(one).Flows["closed"], Of(three).Flows["closed"]
	if b.Messages.Accepted != 3*a.Messages.Accepted || b.Phases["message"].Count != 3*a.Phases["message"].Count {
		t.Errorf("one shard %+v, three %+v", a.Messages, b.Messages)
	}
	if a.Phases["message"].Service.P90 != b.Phases["message"].Service.P90 {
		t.Error("three times the same samples have another quantile")
	}
	if b.Rate != 3*a.Rate {
		t.Errorf("rate %v, want three times %v: the shards' windows are one", b.Rate, a.Rate)
	}
	if n := strings.Count(string(file), `"type":"interval"`); n != 8 {
		t.Errorf("%d interval lines, want 3 of a flow, 3 of the other, 1 of its warm-up and 1 of the end, however many shards", n)
	}
}

// TestProgressEndsAsTheFigures follows a run by what its intervals tell, and
// ends with what the run says of itself.
func TestProgressEndsAsTheFigures(t *testing.T) {
	var last []record.FlowProgress
	times := map[string]*histogram.Histogram{} // by flow and phase, of what was added
	add := func(name string, h *histogram.Histogram) {
		if times[name] == nil {
			times[name] = histogram.New()
		}
		times[name].Merge(h)
	}
	run, _ := madeup.CollectWatched(t, 3, func(i *record.Progress) {
		last = i.Flows
		for k := range i.Flows {
			f := &i.Flows[k]
			add(f.Name+" message", f.Added(sample.SpanMessage, sample.Service))
			add(f.Name+" response", f.Added(sample.SpanMessage, sample.Response))
			add(f.Name+" lag", f.Added(sample.SpanMessage, sample.Lag))
			add("late", f.AddedLate())
			add("delay", f.AddedDelay())
		}
	})
	res := Of(run)
	for k := range last {
		s, f := &last[k].FlowCounts, res.Flows[last[k].Name]
		if s.Sessions != f.Sessions || s.Messages != f.Messages || s.Recipients != f.Recipients {
			t.Errorf("%s stands at %+v, and the run came to %+v", last[k].Name, s, f)
		}
		if fmt.Sprint(s.Failures) != fmt.Sprint(f.Errors) {
			t.Errorf("%s stands at errors %v, and the run came to %v", last[k].Name, s.Failures, f.Errors)
		}
		if (s.Arrivals == nil) != (f.Arrivals == nil) || s.Arrivals != nil && *s.Arrivals != *f.Arrivals {
			t.Errorf("%s stands at arrivals %v, and the run came to %v", last[k].Name, s.Arrivals, f.Arrivals)
		}
	}
	if got, want := last[0].Warmup, res.Flows["closed"].Warmup.Messages; got != want || got.Accepted != 30 {
		t.Errorf("the warm-up stands at %+v, and came to %+v", got, want)
	}
	for name, want := range map[string]*histogram.Histogram{
		"closed message": run.Histogram("closed", sample.SpanMessage, sample.Service),
		"open response":  run.Histogram("open", sample.SpanMessage, sample.Response),
		"open lag":       run.Histogram("open", sample.SpanMessage, sample.Lag),
	} {
		if got := times[name]; want.Count() == 0 || got.Encode() != want.Encode() {
			t.Errorf("%s: %d samples were added, want the run's %d", name, got.Count(), want.Count())
		}
	}
	if times["late"].Count() != res.Generator.Late.Count || times["delay"].Count() != res.Generator.Delay.Count {
		t.Errorf("%d late, %d delays were added, want %d and %d", times["late"].Count(), times["delay"].Count(),
			res.Generator.Late.Count, res.Generator.Delay.Count)
	}
}
