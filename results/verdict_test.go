package results

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// sound is a run whose figures may be believed: 1000 messages of 10 ms.
func sound() *Run {
	r := newRun(testHeader(twoFlows(1)))
	for _, s := range []sample.Series{closed, open} {
		t := r.total(s)
		t.Outcomes[sample.Accepted] = 1000
		for range 1000 {
			t.hist(slotOf(sample.SpanMessage, sample.Service)).Record(10 * time.Millisecond)
			t.hist(ownSlot).Record(10 * time.Microsecond)
			t.hist(delaySlot).Record(5 * time.Microsecond)
		}
	}
	for range 1000 {
		r.total(open).hist(slotOf(sample.SpanMessage, sample.Response)).Record(10 * time.Millisecond)
		r.total(open).hist(lateSlot).Record(100 * time.Microsecond)
	}
	r.processors.add(processor{length: 10 * time.Second, busy: 0.2})
	r.Closing = &Closing{Clock: "kernel", Generator: Generator{Free: &FreeBeside{Before: 1.9, After: 1.9}}}
	return r
}

// lateBy makes so many of the open flow's arrivals late.
func lateBy(n int, d time.Duration) func(*Run) {
	return func(r *Run) {
		for range n {
			r.total(open).hist(lateSlot).Record(d)
		}
	}
}

// responses makes so many of the open flow's messages take that long.
func responses(n int, d time.Duration) func(*Run) {
	return func(r *Run) {
		for range n {
			r.total(open).hist(slotOf(sample.SpanMessage, sample.Response)).Record(d)
		}
	}
}

func both(a, b func(*Run)) func(*Run) { return func(r *Run) { a(r); b(r) } }

const none = "none"

func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(r *Run)
		want  string // in a reason; "" for valid
		note  string // in a note; none for no note at all
	}{
		"sound": {spoil: func(*Run) {}, note: none},
		"nothing answered": {
			spoil: func(r *Run) {
				r.total(closed).Outcomes = [sample.NumOutcomes]int64{sample.Failed: 5}
				r.total(closed).failures.add(failureKey{phase: sample.Connect, class: sample.Refused}, 5, "connection refused")
			},
			want: "nothing measured: flow closed had no message answered; most often refused at connect: connection refused",
		},
		"rejected is measured": {spoil: func(r *Run) {
			r.total(closed).Outcomes = [sample.NumOutcomes]int64{sample.Rejected: 5}
		}},
		"lost": {spoil: func(r *Run) { r.Closing.Lost = "open: gone" }, want: "target lost: open: gone"},
		"late": {spoil: lateBy(20, 30*time.Millisecond), want: "generator-bound: arrivals began late: p99 30.0 ms after they were due in flow open, limit 2.00 ms"},
		"late, but little against the response": {
			spoil: both(responses(5000, 2*time.Second), lateBy(20, 30*time.Millisecond)), note: none,
		},
		"late at the median":             {spoil: lateBy(2000, 1500*time.Microsecond), want: "arrivals began late: p50 1.50 ms"},
		"late at p90":                    {spoil: lateBy(200, 4*time.Millisecond), want: "arrivals began late: p90 4.00 ms"},
		"late at p99.9":                  {spoil: both(responses(9, 400*time.Millisecond), lateBy(9, 300*time.Millisecond)), want: "arrivals began late: p99.9 300 ms after they were due in flow open, limit 20.0 ms"},
		"late at p99.9, which is slow":   {spoil: both(responses(9, 7*time.Second), lateBy(9, 300*time.Millisecond)), note: none},
		"late at p99.9 by a turn or two": {spoil: lateBy(9, 8*time.Millisecond), note: none},
		"the latest, by a turn or two":   {spoil: lateBy(1, 20*time.Millisecond), note: none},
		"the latest":                     {spoil: lateBy(1, 300*time.Millisecond), note: "an arrival of flow open began 300 ms after it was due"},
		"the latest of few is their p99.9": {
			spoil: func(r *Run) {
				r.total(open).hists[lateSlot] = nil
				both(lateBy(500, time.Microsecond), lateBy(3, 300*time.Millisecond))(r)
			},
			note: "an arrival of flow open began 300 ms after it was due",
		},
		"late, of a flow beside one with more": {
			spoil: func(r *Run) {
				for range 1_000_000 {
					r.total(closed).hist(lateSlot).Record(time.Microsecond)
				}
				lateBy(20, 30*time.Millisecond)(r)
			},
			want: "arrivals began late: p99 30.0 ms after they were due in flow open",
		},
		"lateness not known": {
			spoil: func(r *Run) { r.total(open).hists[lateSlot] = nil },
			want:  "nothing tells whether the arrivals of flow open began in time",
		},
		"stood still": {
			spoil: func(r *Run) { r.processors.stood = time.Second },
			want:  "generator-bound: the generator stood still for 1.00 s, 10.0 % of the run, limit 1 %",
		},
		"stood still for a moment": {
			spoil: func(r *Run) { r.processors.length, r.processors.stood = 100*time.Second, 300*time.Millisecond },
			note:  "the generator stood still for 300 ms: the longest times have that in them",
		},
		"own delay": {
			spoil: func(r *Run) {
				for range 1500 {
					r.total(closed).hist(ownSlot).Record(8 * time.Millisecond)
				}
			},
			want: "generator-bound: 60 % of message time",
		},
		"own delay, but little of it": {spoil: func(r *Run) {
			for _, s := range []sample.Series{closed, open} {
				message := NewHistogram()
				for range 1000 {
					message.Record(15 * time.Microsecond)
				}
				r.total(s).hists[slotOf(sample.SpanMessage, sample.Service)] = message
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
				r.total(open).failures.add(failureKey{phase: sample.Connect, class: sample.LocalLimit}, 3, "out of file descriptors")
			},
			want: "generator-bound: local-limit: 3 times out of file descriptors",
		},
		"stepped clock": {
			spoil: func(r *Run) { r.Closing.Steps = []time.Duration{-time.Second} },
			want:  "generator-bound: the wall clock stepped 1 times (-1.00 s)",
		},
		"mixed clock": {spoil: func(r *Run) { r.total(open).Unstamped = 100 }, note: "no kernel stamp"},
		"partial":     {spoil: func(r *Run) { r.Closing = nil }, want: "partial: the run file has lost its end: nothing tells"},
		"cut": {
			spoil: func(r *Run) { r.Closing, r.damaged = nil, "line 7 is cut, and what it said is lost" },
			want:  "partial: the run file has lost its end (line 7 is cut, and what it said is lost): nothing tells",
		},
		"free cores not known":    {spoil: func(r *Run) { r.Closing.Generator.Free = nil }, note: "nothing tells whether something else kept the generator's cores busy"},
		"free cores of one known": {spoil: func(r *Run) { r.Closing.Generator.merge(Generator{}) }, note: "nothing tells whether something else"},
		"own delay not known": {
			spoil: func(r *Run) { r.total(open).hists[ownSlot], r.total(closed).hists[ownSlot] = nil, nil },
			note:  "nothing tells how much of message time was the generator's own",
		},
		"clock not known": {
			spoil: func(r *Run) { r.total(open).hists[delaySlot], r.total(closed).hists[delaySlot] = nil, nil },
			note:  "nothing tells whose clock",
		},
		"out of range": {
			spoil: func(r *Run) { r.total(closed).clamped[slotOf(sample.SpanMessage, sample.Service)] = 3 },
			note:  "out of range: 3 times of flow closed are shorter than 0 or longer than 60",
		},
		"interrupted": {spoil: func(r *Run) { r.Closing.Interrupted = true }, note: "interrupted"},
		"never begun": {
			spoil: func(r *Run) {
				r.total(open).failures.add(failureKey{phase: sample.SpanMessage, class: sample.Canceled}, 7, "never began")
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
		if c.note == none {
			if len(v.Notes) > 0 {
				t.Errorf("%s: notes %q, want none", name, v.Notes)
			}
		} else if !strings.Contains(strings.Join(v.Notes, "\n"), c.note) {
			t.Errorf("%s: notes %q, want %q", name, v.Notes, c.note)
		}
	}
}

func TestThresholds(t *testing.T) {
	r := sound()
	r.total(closed).Outcomes[sample.Rejected] = 1000
	r.windows[closed] = Window{at(0), at(10 * time.Second)}
	r.total(closed).InWindow = 500
	metric := func(stat string, q float64, p sample.Phase, part sample.Part) criteria.Metric {
		return criteria.Metric{Phase: p, Part: part, Stat: stat, Q: q}
	}
	nobody := newRun(testHeader(twoFlows(1)))
	nobody.windows[closed] = Window{at(0), at(10 * time.Second)}
	for _, m := range []criteria.Metric{
		{Kind: criteria.Errors}, {Kind: criteria.Rate}, {Kind: criteria.Count, Outcome: sample.Failed},
		metric("p99", 0.99, sample.SpanMessage, sample.Service), metric("mean", 0, sample.Mail, sample.Service),
	} {
		for _, op := range []string{"<", "<=", ">", ">="} {
			got := nobody.threshold(nobody.Result(), &criteria.Threshold{Flow: "closed", Metric: m, Op: op, Limit: 0.5})
			if got.OK || got.Value != nil || got.Reason == "" {
				t.Errorf("%+v %s of nothing at all: %+v", m, op, got)
			}
		}
	}
	for _, c := range []struct {
		t      criteria.Threshold
		value  float64
		ok     bool
		reason string
	}{
		{criteria.Threshold{Flow: "closed", Metric: metric("p99", 0.99, sample.SpanMessage, sample.Service), Op: "<", Limit: 11e6}, 10e6, true, ""},
		{criteria.Threshold{Flow: "closed", Metric: metric("max", 0, sample.SpanMessage, sample.Service), Op: "<", Limit: 9e6}, 10e6, false, ""},
		{criteria.Threshold{Flow: "open", Metric: metric("mean", 0, sample.SpanMessage, sample.Response), Op: "<=", Limit: 11e6}, 10e6, true, ""},
		{criteria.Threshold{Flow: "closed", Metric: metric("p50", 0.5, sample.TLS, sample.Service), Op: "<", Limit: 1e12}, 0, false, "never ran"},
		{criteria.Threshold{Flow: "closed", Metric: criteria.Metric{Kind: criteria.Errors}, Op: "<", Limit: 0.4}, 0.5, false, ""},
		{criteria.Threshold{Flow: "closed", Metric: criteria.Metric{Kind: criteria.Rate}, Op: ">=", Limit: 50}, 50, true, ""},
		{criteria.Threshold{Flow: "open", Metric: criteria.Metric{Kind: criteria.Rate}, Op: ">", Limit: 0}, 0, false, "did not begin"},
		{criteria.Threshold{Flow: "closed", Metric: criteria.Metric{Kind: criteria.Count, Outcome: sample.Rejected}, Op: ">", Limit: 999}, 1000, true, ""},
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
