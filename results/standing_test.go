package results

import (
	"fmt"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// TestStandingEndsAsTheFigures follows a run by what its intervals tell, and
// ends with what the run says of itself.
func TestStandingEndsAsTheFigures(t *testing.T) {
	var last []FlowInterval
	times := map[string]*Histogram{} // by flow and phase, of what was added
	add := func(name string, h *Histogram) {
		if times[name] == nil {
			times[name] = NewHistogram()
		}
		times[name].Merge(h)
	}
	run, _ := collect(t, 3, func(i *Interval) {
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
	res := run.Result()
	for k := range last {
		s, f := &last[k].Standing, res.Flows[last[k].Name]
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
	for name, want := range map[string]*Histogram{
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

func TestIntervalTellsOfTheProcessor(t *testing.T) {
	var told []Interval
	collect(t, 1, func(i *Interval) { told = append(told, *i) })
	if i := told[0]; i.BusyShare != 0.25 || i.DeniedShare < 0.166 || i.DeniedShare > 0.167 || !i.Started.Equal(epoch) {
		t.Errorf("busy %v, denied %v, started %v; want a quarter, 50 of 300 ms, %v", i.BusyShare, i.DeniedShare, i.Started, epoch)
	}
}
