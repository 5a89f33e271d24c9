package figures

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// sound is a run whose figures may be believed: 1000 messages of 10 ms in each
// flow, and what else is recorded.
func sound(t *testing.T, more func(sample.Recorder)) *record.Run {
	t.Helper()
	p := samples.TwoFlows(1)
	r, _ := madeup.Recorded(t, madeup.Header(p), p, 10*time.Second, func(r sample.Recorder) {
		for _, s := range []sample.Series{samples.Closed, samples.Open} {
			for range 1000 {
				r.Message(s, sample.Accepted, sample.Drain, 0, 0)
				r.Service(s, sample.SpanMessage, 10*time.Millisecond)
				r.Own(s, 10*time.Microsecond)
				r.Delay(s, 5*time.Microsecond)
			}
		}
		for range 1000 {
			r.Response(samples.Open, sample.SpanMessage, 10*time.Millisecond)
			r.Late(samples.Open, 100*time.Microsecond)
		}
		if more != nil {
			more(r)
		}
		r.Tick(tenSeconds)
	})
	r.Closing = &record.Closing{Clock: "kernel", Generator: generator.Usage{Free: &generator.FreeAround{Before: 1.9, After: 1.9}}}
	return r
}

// tenSeconds are a run's only interval.
var tenSeconds = sample.Tick{
	From: samples.At(0), To: samples.At(10 * time.Second), Busy: 2 * time.Second, Last: true,
	Open: []int{0, 0}, Peak: []int{0, 0}, Due: []int64{0, 0}, Begun: []int64{0, 0},
}

// hist is the histogram of a series that samples are added to.
func hist(r *record.Run, s sample.Series, slot tally.Slot) *histogram.Histogram {
	t := r.Total(s)
	if t.Hists[slot] == nil {
		t.Hists[slot] = histogram.New()
	}
	return t.Hists[slot]
}

// fails records failures alike.
func fails(n int, s sample.Series, f sample.Failure) func(sample.Recorder) {
	return func(r sample.Recorder) {
		for range n {
			r.Failure(s, &f)
		}
	}
}

// lateBy makes so many of the open flow's arrivals late.
func lateBy(n int, d time.Duration) func(*record.Run) {
	return func(r *record.Run) {
		for range n {
			hist(r, samples.Open, tally.LateSlot).Record(d)
		}
	}
}

// responses makes so many of the open flow's messages take that long.
func responses(n int, d time.Duration) func(*record.Run) {
	return func(r *record.Run) {
		for range n {
			hist(r, samples.Open, tally.SlotOf(sample.SpanMessage, sample.Response)).Record(d)
		}
	}
}

func both(a, b func(*record.Run)) func(*record.Run) { return func(r *record.Run) { a(r); b(r) } }

const none = "none"

func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(r *record.Run)
		more  func(r sample.Recorder) // recorded as well
		want  string                  // in a reason; "" for valid
		note  string                  // in a note; none for no note at all
	}{
		"sound": {spoil: func(*record.Run) {}, note: none},
		"nothing answered": {
			spoil: func(r *record.Run) {
				r.Total(samples.Closed).Outcomes = [sample.NumOutcomes]int64{sample.Failed: 5}
			},
			more: fails(5, samples.Closed, sample.Failure{Phase: sample.Connect, Class: sample.Refused, Text: "connection refused"}),
			want: "flow closed: nothing was accepted; most often connection refused (refused at connect)",
		},
		"all rejected": {
			spoil: func(r *record.Run) {
				r.Total(samples.Closed).Outcomes = [sample.NumOutcomes]int64{sample.Rejected: 5}
			},
			more: fails(5, samples.Closed, sample.Failure{Phase: sample.Rcpt, Class: sample.Policy, Code: 554, Enhanced: sample.EnhancedCode{5, 7, 1}, Text: "Relay access denied"}),
			want: "flow closed: nothing was accepted; most often 554 5.7.1 Relay access denied (policy at rcpt)",
		},
		"more than half rejected": {
			spoil: func(r *record.Run) {
				r.Total(samples.Closed).Outcomes = [sample.NumOutcomes]int64{sample.Accepted: 5, sample.Rejected: 6}
			},
			want: "flow closed: 6 of 11 messages rejected",
		},
		"half rejected": {spoil: func(r *record.Run) {
			r.Total(samples.Closed).Outcomes = [sample.NumOutcomes]int64{sample.Accepted: 5, sample.Rejected: 5}
		}},
		"lost": {spoil: func(r *record.Run) { r.Closing.Lost = "open: gone" }, want: "target lost: open: gone"},
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
			spoil: func(r *record.Run) {
				r.Total(samples.Open).Hists[tally.LateSlot] = nil
				both(lateBy(500, time.Microsecond), lateBy(3, 300*time.Millisecond))(r)
			},
			note: "an arrival of flow open began 300 ms after it was due",
		},
		"late, of a flow beside one with more": {
			spoil: func(r *record.Run) {
				for range 1_000_000 {
					hist(r, samples.Closed, tally.LateSlot).Record(time.Microsecond)
				}
				lateBy(20, 30*time.Millisecond)(r)
			},
			want: "arrivals began late: p99 30.0 ms after they were due in flow open",
		},
		"lateness not known": {
			spoil: func(r *record.Run) { r.Total(samples.Open).Hists[tally.LateSlot] = nil },
			want:  "it is unknown whether the arrivals of flow open began in time",
		},
		"stood still": {
			spoil: func(r *record.Run) { r.Processors.Stood = time.Second },
			want:  "generator-bound: the generator stood still for 1.00 s, 10.0 % of the run, limit 1 %",
		},
		"stood still for a moment": {
			spoil: func(r *record.Run) { r.Processors.Length, r.Processors.Stood = 100*time.Second, 300*time.Millisecond },
			note:  "the generator stood still for 300 ms: the longest times have that in them",
		},
		"own delay": {
			spoil: func(r *record.Run) {
				for range 1500 {
					hist(r, samples.Closed, tally.OwnSlot).Record(8 * time.Millisecond)
				}
			},
			want: "generator-bound: 60 % of message time",
		},
		"own delay, a part of a percentile": {
			spoil: func(r *record.Run) {
				for range 30 {
					hist(r, samples.Closed, tally.OwnSlot).Record(8 * time.Millisecond)
				}
			},
			note: "the generator's own delay is 8.00 ms at p99 of a message in flow closed, which took 10.0 ms: so much may not be the server's",
		},
		"own delay, by a turn or two": {
			spoil: func(r *record.Run) {
				for range 30 {
					hist(r, samples.Closed, tally.OwnSlot).Record(1900 * time.Microsecond)
				}
			},
			note: none,
		},
		"own delay, but little of it": {spoil: func(r *record.Run) {
			for _, s := range []sample.Series{samples.Closed, samples.Open} {
				message := histogram.New()
				for range 1000 {
					message.Record(15 * time.Microsecond)
				}
				r.Total(s).Hists[tally.SlotOf(sample.SpanMessage, sample.Service)] = message
			}
		}},
		"no core free": {
			spoil: func(r *record.Run) { r.Closing.Generator.Free = &generator.FreeAround{Before: 0.1, After: 0.2} },
			want:  "generator-bound: the cores were busy with something else: 0.1 free before the load and 0.2 after it",
		},
		"no core free before": {spoil: func(r *record.Run) { r.Closing.Generator.Free = &generator.FreeAround{Before: 0.1, After: 1.9} }},
		"no core free after":  {spoil: func(r *record.Run) { r.Closing.Generator.Free = &generator.FreeAround{Before: 1.9, After: 0.1} }},
		"descriptors": {
			more: fails(3, samples.Open, sample.Failure{Phase: sample.Connect, Class: sample.LocalLimit, Text: "out of file descriptors"}),
			want: "generator-bound: local-limit: 3 times out of file descriptors",
		},
		"stepped clock": {
			spoil: func(r *record.Run) { r.Closing.Steps = []time.Duration{-time.Second} },
			want:  "generator-bound: the wall clock stepped 1 times (-1.00 s)",
		},
		"mixed clock":             {spoil: func(r *record.Run) { r.Total(samples.Open).Unstamped = 100 }, note: "no kernel stamp"},
		"partial":                 {spoil: func(r *record.Run) { r.Closing = nil }, want: "partial: the run file has lost its end, so it is unknown"},
		"free cores not known":    {spoil: func(r *record.Run) { r.Closing.Generator.Free = nil }, note: "something else may have kept the generator's cores busy"},
		"free cores of one known": {spoil: func(r *record.Run) { r.Closing.Generator.FreeUnsure = true }, note: "something else may have kept"},
		"own delay not known": {
			spoil: func(r *record.Run) {
				r.Total(samples.Open).Hists[tally.OwnSlot], r.Total(samples.Closed).Hists[tally.OwnSlot] = nil, nil
			},
			note: "it is unknown how much of message time was the generator's own",
		},
		"clock not known": {
			spoil: func(r *record.Run) {
				r.Total(samples.Open).Hists[tally.DelaySlot], r.Total(samples.Closed).Hists[tally.DelaySlot] = nil, nil
				r.Closing.Clock = ""
			},
			note: "does not say which clock",
		},
		"clock known at the end only": { // earlier versions counted replies in the stage of their session
			spoil: func(r *record.Run) {
				r.Total(samples.Open).Hists[tally.DelaySlot], r.Total(samples.Closed).Hists[tally.DelaySlot] = nil, nil
			},
		},
		"out of range": {
			spoil: func(r *record.Run) {
				r.Total(samples.Closed).Clamped[tally.SlotOf(sample.SpanMessage, sample.Service)] = 3
			},
			note: "out of range: 3 times of flow closed are shorter than 0 or longer than 60",
		},
		"interrupted": {spoil: func(r *record.Run) { r.Closing.Interrupted = true }, note: "interrupted"},
		"never begun": {
			more: fails(7, samples.Open, sample.Failure{Phase: sample.SpanMessage, Class: sample.Canceled, Text: "never began"}),
			note: "7 arrivals of flow open never began",
		},
	} {
		r := sound(t, c.more)
		if c.spoil != nil {
			c.spoil(r)
		}
		v := Of(r).Verdict
		if v.Valid != (c.want == "") || !strings.Contains(strings.Join(v.Why(), "\n"), c.want) {
			t.Errorf("%s: valid %v, reasons %q, want %q", name, v.Valid, v.Why(), c.want)
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

// A run that has lost its end says where.
func TestVerdictOfACutFile(t *testing.T) {
	_, file := madeup.Collect(t, 1)
	r, err := record.Read(bytes.NewReader(file[:len(file)-20]))
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("partial: the run file has lost its end (line %d is cut, and what it said is lost), so it is unknown", bytes.Count(file, []byte("\n")))
	if v := Of(r).Verdict; v.Valid || !strings.Contains(strings.Join(v.Reasons, "\n"), want) {
		t.Errorf("reasons %q, want %q", v.Reasons, want)
	}
}

// A run that lost its end before any message was answered says nothing of the server.
func TestVerdictOfARunKilledAtOnce(t *testing.T) {
	_, file := madeup.Collect(t, 1)
	header, _, _ := bytes.Cut(file, []byte("\n"))
	r, err := record.Read(bytes.NewReader(append(header, '\n')))
	if err != nil {
		t.Fatal(err)
	}
	if v := Of(r).Verdict; v.Word != criteria.Invalid || len(v.Failures) != 0 {
		t.Errorf("%s, failures %q: want INVALID and no failure of the server", v.Conclusion, v.Failures)
	}
}

func TestThresholds(t *testing.T) {
	tenSecondsOf := func(r sample.Recorder) { r.Window(samples.Closed, samples.At(0), samples.At(10*time.Second)) }
	r := sound(t, tenSecondsOf)
	r.Total(samples.Closed).Outcomes[sample.Rejected] = 1000
	r.Total(samples.Closed).InWindow = 500
	metric := func(stat string, q float64, p sample.Phase, part sample.Part) criteria.Metric {
		return criteria.Metric{Phase: p, Part: part, Stat: stat, Q: q}
	}
	p := samples.TwoFlows(1)
	nobody, _ := madeup.Recorded(t, madeup.Header(p), p, 10*time.Second, func(r sample.Recorder) {
		tenSecondsOf(r)
		r.Tick(tenSeconds)
	})
	for _, m := range []criteria.Metric{
		{Kind: criteria.Errors}, {Kind: criteria.Rate}, {Kind: criteria.Count, Outcome: sample.Failed},
		metric("p99", 0.99, sample.SpanMessage, sample.Service), metric("mean", 0, sample.Mail, sample.Service),
	} {
		for _, op := range []string{"<", "<=", ">", ">="} {
			got := newThresholdResult(nobody, Of(nobody), &criteria.Threshold{Flow: "closed", Metric: m, Op: op, Limit: 0.5})
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
		{criteria.Threshold{Flow: "open", Metric: criteria.Metric{Kind: criteria.Rate}, Op: ">", Limit: 0}, 0, false, "not known how long the load lasted"},
		{criteria.Threshold{Flow: "closed", Metric: criteria.Metric{Kind: criteria.Count, Outcome: sample.Rejected}, Op: ">", Limit: 999}, 1000, true, ""},
	} {
		got := newThresholdResult(r, Of(r), &c.t)
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
