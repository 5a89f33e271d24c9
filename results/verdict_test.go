package results

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// sound is a run whose figures may be believed: 1000 messages of 10 ms.
func sound() *Run {
	r := newRun(testHeader(twoFlows(1)))
	for _, s := range []loadgen.Series{closed, open} {
		t := r.total(s)
		t.Outcomes[smtpwire.Accepted] = 1000
		for range 1000 {
			t.hist(slotOf(smtpwire.SpanMessage, loadgen.Service)).Record(10 * time.Millisecond)
			t.hist(ownSlot).Record(10 * time.Microsecond)
		}
	}
	for range 1000 {
		r.total(open).hist(slotOf(smtpwire.SpanMessage, loadgen.Response)).Record(10 * time.Millisecond)
		r.total(open).hist(lateSlot).Record(100 * time.Microsecond)
	}
	r.Closing = &Closing{Clock: "kernel"}
	return r
}

func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(r *Run)
		want  string // in a reason; "" for valid
		note  string
	}{
		"sound": {spoil: func(*Run) {}},
		"nothing answered": {
			spoil: func(r *Run) {
				r.total(closed).Outcomes = [smtpwire.NumOutcomes]int64{smtpwire.Failed: 5}
				r.total(closed).failures.add(failureKey{phase: smtpwire.Connect, class: smtpwire.Refused}, 5, "connection refused")
			},
			want: "nothing measured: flow closed had no message answered; most often refused at connect: connection refused",
		},
		"rejected is measured": {spoil: func(r *Run) {
			r.total(closed).Outcomes = [smtpwire.NumOutcomes]int64{smtpwire.Rejected: 5}
		}},
		"lost": {spoil: func(r *Run) { r.Closing.Lost = "open: gone" }, want: "target lost: open: gone"},
		"late": {
			spoil: func(r *Run) {
				for range 20 {
					r.total(open).hist(lateSlot).Record(30 * time.Millisecond)
				}
			},
			want: "generator-bound: arrivals began late: p99 30",
		},
		"late, but little against the response": {spoil: func(r *Run) {
			h := r.total(open).hist(slotOf(smtpwire.SpanMessage, loadgen.Response))
			for range 5000 {
				h.Record(2 * time.Second)
			}
			for range 20 {
				r.total(open).hist(lateSlot).Record(30 * time.Millisecond)
			}
		}},
		"own delay": {
			spoil: func(r *Run) {
				for range 1500 {
					r.total(closed).hist(ownSlot).Record(8 * time.Millisecond)
				}
			},
			want: "generator-bound: 60 % of message time",
		},
		"own delay, but little of it": {spoil: func(r *Run) {
			for _, s := range []loadgen.Series{closed, open} {
				message := NewHistogram()
				for range 1000 {
					message.Record(15 * time.Microsecond)
				}
				r.total(s).hists[slotOf(smtpwire.SpanMessage, loadgen.Service)] = message
			}
		}},
		"no core free": {
			spoil: func(r *Run) { r.Closing.Generator.Free = &FreeBeside{Before: 0.1, After: 0.2} },
			want:  "generator-bound: the cores were busy with something else: 0.1 free before the load and 0.2 after it",
		},
		"no core free before": {spoil: func(r *Run) { r.Closing.Generator.Free = &FreeBeside{Before: 0.1, After: 1.9} }},
		"no core free after":  {spoil: func(r *Run) { r.Closing.Generator.Free = &FreeBeside{Before: 1.9, After: 0.1} }},
		"descriptors": {
			spoil: func(r *Run) {
				r.total(open).failures.add(failureKey{phase: smtpwire.Connect, class: smtpwire.LocalLimit}, 3, "out of file descriptors")
			},
			want: "generator-bound: local-limit: 3 times out of file descriptors",
		},
		"stepped clock": {
			spoil: func(r *Run) { r.Closing.Steps = []time.Duration{-time.Second} },
			want:  "generator-bound: the wall clock stepped 1 times (-1.00 s)",
		},
		"mixed clock": {spoil: func(r *Run) { r.total(open).Unstamped = 100 }, note: "no kernel stamp"},
		"partial":     {spoil: func(r *Run) { r.Closing = nil }, note: "partial"},
		"interrupted": {spoil: func(r *Run) { r.Closing.Interrupted = true }, note: "interrupted"},
		"never begun": {
			spoil: func(r *Run) {
				r.total(open).failures.add(failureKey{phase: smtpwire.SpanMessage, class: smtpwire.Canceled}, 7, "never began")
			},
			note: "7 arrivals of flow open never began",
		},
	} {
		r := sound()
		c.spoil(r)
		v := r.Result().Verdict
		if v.Valid != (c.want == "") || !strings.Contains(strings.Join(v.Reasons, "\n"), c.want) {
			t.Errorf("%s: valid %v, reasons %q, want %q", name, v.Valid, v.Reasons, c.want)
		}
		if !strings.Contains(strings.Join(v.Notes, "\n"), c.note) {
			t.Errorf("%s: notes %q, want %q", name, v.Notes, c.note)
		}
	}
}

func TestThresholds(t *testing.T) {
	r := sound()
	r.total(closed).Outcomes[smtpwire.Rejected] = 1000
	r.windows[closed] = window{at(0), at(10 * time.Second)}
	r.total(closed).InWindow = 500
	metric := func(stat string, q float64, p smtpwire.Phase, part loadgen.Part) loadgen.Metric {
		return loadgen.Metric{Phase: p, Part: part, Stat: stat, Q: q}
	}
	for _, c := range []struct {
		t      loadgen.Threshold
		value  float64
		ok     bool
		reason string
	}{
		{loadgen.Threshold{Flow: "closed", Metric: metric("p99", 0.99, smtpwire.SpanMessage, loadgen.Service), Op: "<", Limit: 11e6}, 10e6, true, ""},
		{loadgen.Threshold{Flow: "closed", Metric: metric("max", 0, smtpwire.SpanMessage, loadgen.Service), Op: "<", Limit: 9e6}, 10e6, false, ""},
		{loadgen.Threshold{Flow: "open", Metric: metric("mean", 0, smtpwire.SpanMessage, loadgen.Response), Op: "<=", Limit: 11e6}, 10e6, true, ""},
		{loadgen.Threshold{Flow: "closed", Metric: metric("p50", 0.5, smtpwire.TLS, loadgen.Service), Op: "<", Limit: 1e12}, 0, false, "never ran"},
		{loadgen.Threshold{Flow: "closed", Metric: loadgen.Metric{Kind: loadgen.Errors}, Op: "<", Limit: 0.4}, 0.5, false, ""},
		{loadgen.Threshold{Flow: "closed", Metric: loadgen.Metric{Kind: loadgen.Rate}, Op: ">=", Limit: 50}, 50, true, ""},
		{loadgen.Threshold{Flow: "open", Metric: loadgen.Metric{Kind: loadgen.Rate}, Op: ">", Limit: 0}, 0, false, "did not begin"},
		{loadgen.Threshold{Flow: "closed", Metric: loadgen.Metric{Kind: loadgen.Count, Outcome: smtpwire.Rejected}, Op: ">", Limit: 999}, 1000, true, ""},
	} {
		got := r.threshold(r.Result(), &c.t)
		if got.OK != c.ok || !strings.Contains(got.Reason, c.reason) || (got.Reason == "") != (c.reason == "") {
			t.Errorf("%+v: got %+v", c.t, got)
		}
		if c.reason != "" {
			if got.Value != nil {
				t.Errorf("%+v: a value from nothing: %v", c.t, *got.Value)
			}
		} else if d := *got.Value - c.value; d > c.value/1000 || d < -c.value/1000 {
			t.Errorf("%+v: value %v, want %v", c.t, *got.Value, c.value)
		}
	}
}
