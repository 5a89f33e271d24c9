package figures

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// threshold adds a threshold of the scenario.
func threshold(t *testing.T, exprs ...string) func(*record.Run) {
	return func(r *record.Run) {
		for _, expr := range exprs {
			parsed, err := criteria.ParseThreshold(expr)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Thresholds = append(r.Header.Thresholds, parsed)
		}
	}
}

func busyCores(r *record.Run) {
	r.Closing.Generator.Free = &generator.FreeAround{Before: 0.1, After: 0.2}
}

func interrupted(r *record.Run) { r.Closing.Interrupted = true }

// outcomes are what became of the messages of the closed flow.
func outcomes(o [sample.NumOutcomes]int64) func(*record.Run) {
	return func(r *record.Run) { r.Total(samples.Closed).Outcomes = o }
}

// expected are so many rejections as the closed flow expects.
func expected(n int64) func(*record.Run) {
	return func(r *record.Run) {
		r.Header.Flows[samples.Closed.Flow].Expect = sample.Expect([]sample.Class{sample.RelayDenied})
		r.Total(samples.Closed).Expected = n
	}
}

// The verdict on a run that missed a threshold says how many others are undecided.
func TestMissedAndUndecided(t *testing.T) {
	r := sound(t, nil)
	for _, text := range []string{"closed.message.p99 < 5ms", "closed.message.p99.drift < 5%", "closed.errors.drift < 0.1pp"} {
		threshold(t, text)(r)
	}
	if v := Of(r).Verdict; v.Word != criteria.Failed || !strings.HasPrefix(v.Reason, "1 of 3 thresholds missed: ") || !strings.HasSuffix(v.Reason, "; 2 undecided") {
		t.Errorf("%s", v.Conclusion)
	}
}

func TestWords(t *testing.T) {
	relayDenied := sample.Failure{Phase: sample.Rcpt, Class: sample.RelayDenied, Code: 554, Enhanced: sample.EnhancedCode{5, 7, 1}, Text: "Relay access denied"}
	noRoom := sample.Failure{Phase: sample.Connect, Class: sample.LocalLimit, Text: "out of file descriptors"}
	theEnd := sample.Failure{Phase: sample.Body, Class: sample.Canceled, Text: "ended by the user"}
	noRoomThere := sample.Failure{Phase: sample.Rcpt, Class: sample.TempFail, Code: 452, Enhanced: sample.EnhancedCode{4, 2, 2}, Text: "full"}
	met, missed := threshold(t, "closed.message.p99 < 1s"), threshold(t, "closed.message.p99 < 5ms")
	for name, c := range map[string]struct {
		spoil []func(*record.Run)
		more  func(sample.Recorder)
		word  criteria.Word
		want  string // how the reason begins
	}{
		"sound":           {word: criteria.Pass, want: "the figures may be believed; the scenario has no thresholds"},
		"met":             {spoil: []func(*record.Run){met}, word: criteria.Pass, want: "the threshold is met"},
		"two met":         {spoil: []func(*record.Run){met, met}, word: criteria.Pass, want: "all 2 thresholds are met"},
		"missed":          {spoil: []func(*record.Run){missed}, word: criteria.Failed, want: "threshold missed: closed.message.p99 < 5ms, but it is 10"},
		"one of two":      {spoil: []func(*record.Run){met, missed}, word: criteria.Failed, want: "1 of 2 thresholds missed: closed.message.p99 < 5ms, but it is 10"},
		"both of two":     {spoil: []func(*record.Run){missed, missed}, word: criteria.Failed, want: "2 of 2 thresholds missed, the first: closed"},
		"never ran":       {spoil: []func(*record.Run){threshold(t, "closed.tls.p99 < 1s")}, word: criteria.Failed, want: "threshold missed: closed.tls.p99 < 1s, but no sample"},
		"undecided":       {spoil: []func(*record.Run){threshold(t, "closed.message.p99.drift < 5%")}, word: criteria.Undecided, want: "threshold undecided: closed.message.p99.drift < 5%, but "},
		"busy and missed": {spoil: []func(*record.Run){missed, busyCores}, word: criteria.Invalid, want: "generator-bound: the cores were busy"},
		"lost":            {spoil: []func(*record.Run){func(r *record.Run) { r.Closing.Lost = "open: gone" }}, word: criteria.Failed, want: "target lost: open: gone"},
		"all rejected": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Rejected: 50})}, more: fails(50, samples.Closed, relayDenied),
			word: criteria.Failed, want: "flow closed: nothing was accepted; most often 554 5.7.1 Relay access denied (relay-denied at rcpt)",
		},
		"all rejected, busy and interrupted": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Rejected: 50}), busyCores, interrupted}, more: fails(50, samples.Closed, relayDenied),
			word: criteria.Failed, want: "flow closed: nothing was accepted",
		},
		"own limits": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Failed: 50})}, more: fails(50, samples.Closed, noRoom),
			word: criteria.Invalid, want: "generator-bound: local-limit: 50 times out of file descriptors",
		},
		"own limits in one flow, rejections in the other": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Failed: 50}), func(r *record.Run) {
				r.Total(samples.Open).Outcomes = [sample.NumOutcomes]int64{sample.Rejected: 50}
			}},
			more: func(r sample.Recorder) {
				fails(50, samples.Closed, noRoom)(r)
				fails(50, samples.Open, relayDenied)(r)
			},
			word: criteria.Failed, want: "flow open: nothing was accepted; most often 554",
		},
		"interrupted": {spoil: []func(*record.Run){met, interrupted}, word: criteria.Undecided, want: "its user ended the run after "},
		"deserted": {
			spoil: []func(*record.Run){met, func(r *record.Run) { r.Closing.Deserted = true }}, word: criteria.Undecided, want: "its coordinator fell silent, and the agents ended the run after ",
		},
		"interrupted and missed": {spoil: []func(*record.Run){missed, interrupted}, word: criteria.Undecided, want: "its user ended the run after "},
		"interrupted and busy":   {spoil: []func(*record.Run){busyCores, interrupted}, word: criteria.Invalid, want: "generator-bound"},
		"interrupted before anything": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Failed: 5}), interrupted}, more: fails(5, samples.Closed, theEnd),
			word: criteria.Undecided, want: "its user ended the run after ",
		},
		"ended before anything": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Failed: 5})}, more: fails(5, samples.Closed, theEnd),
			word: criteria.Failed, want: "flow closed: nothing was accepted; most often ended by the user (canceled at body)",
		},
		"all rejected as expected": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Rejected: 50}), expected(50), threshold(t, "closed.errors < 1%")}, more: fails(50, samples.Closed, relayDenied),
			word: criteria.Pass, want: "the threshold is met",
		},
		"some rejected otherwise": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Rejected: 50}), expected(40), threshold(t, "closed.errors < 1%")}, more: fails(50, samples.Closed, relayDenied),
			word: criteria.Failed, want: "threshold missed: closed.errors < 1%, but it is 20",
		},
		"most rejected otherwise": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Rejected: 50}), expected(10)}, more: fails(50, samples.Closed, noRoomThere),
			word: criteria.Failed, want: "flow closed: 40 of 50 messages rejected; most often 452 4.2.2 full (tempfail at rcpt)",
		},
		"the expected never came": {
			spoil: []func(*record.Run){expected(0)},
			word:  criteria.Failed, want: "flow closed: no message was rejected as expected (relay-denied); 1,000 of 1,000 messages accepted",
		},
		"the expected never came, and the user went": {
			spoil: []func(*record.Run){expected(0), interrupted},
			word:  criteria.Undecided, want: "its user",
		},
		"not a message": {
			spoil: []func(*record.Run){outcomes([sample.NumOutcomes]int64{})},
			word:  criteria.Failed, want: "flow closed: no message was attempted",
		},
	} {
		r := sound(t, c.more)
		for _, spoil := range c.spoil {
			spoil(r)
		}
		v := Of(r).Verdict
		if v.Word != c.word || !strings.HasPrefix(v.Reason, c.want) {
			t.Errorf("%s: %s, want %s: %s", name, v, c.word, c.want)
		}
		if valid := c.word == criteria.Pass || c.word == criteria.Undecided || len(v.Why()) == 0; v.Valid != valid {
			t.Errorf("%s: valid %v, %q", name, v.Valid, v.Why())
		}
	}
}

// A threshold that an invalid run missed by more than the generator's part can explain
// is missed all the same.
func TestThresholdsBeyondTheGenerator(t *testing.T) {
	add := func(n int, slot tally.Slot, d time.Duration) func(*record.Run) {
		return func(r *record.Run) {
			for range n {
				hist(r, samples.Open, slot).Record(d)
			}
		}
	}
	message := tally.SlotOf(sample.SpanMessage, sample.Service)
	for name, c := range map[string]struct {
		spoil []func(*record.Run)
		expr  string
		want  string // in a note; "" for none
	}{
		"far beyond":           {[]func(*record.Run){responses(9000, 16*time.Second)}, "open.message.response.p99 < 500ms", "but it is 16.0 s, and the generator's part in that is 10."},
		"the mean":             {[]func(*record.Run){responses(9000, 16*time.Second)}, "open.message.response.mean < 500ms", "and the generator's part in that is"},
		"the longest":          {[]func(*record.Run){responses(1, 16*time.Second)}, "open.message.response.max <= 500ms", "and the generator's part in that is"},
		"within the margin":    {nil, "open.message.p50 < 5ms", ""},
		"by late arrivals":     {[]func(*record.Run){responses(900, 600*time.Millisecond), lateBy(500, 300*time.Millisecond)}, "open.message.response.p99 < 500ms", ""},
		"by its own delay":     {[]func(*record.Run){add(900, message, 600*time.Millisecond), add(500, tally.OwnSlot, 300*time.Millisecond)}, "open.message.p99 < 500ms", ""},
		"not by late arrivals": {[]func(*record.Run){add(900, message, 600*time.Millisecond), lateBy(500, 300*time.Millisecond)}, "open.message.p99 < 500ms", "but it is 600 ms"},
		"by a few only":        {[]func(*record.Run){responses(15, 16*time.Second)}, "open.message.response.p99 < 500ms", "but it is 16.0 s"},
		"by fewer":             {[]func(*record.Run){responses(11, 16*time.Second)}, "open.message.response.p99 < 500ms", ""},
		"met":                  {nil, "open.message.p99 < 1s", ""},
		"own part unknown": {[]func(*record.Run){responses(9000, 16*time.Second), func(r *record.Run) { r.Total(samples.Open).Hists[tally.OwnSlot] = nil }},
			"open.message.response.p99 < 500ms", ""},
		"user clock": {[]func(*record.Run){responses(9000, 16*time.Second), func(r *record.Run) { r.Total(samples.Open).Unstamped = 500 }},
			"open.message.response.p99 < 500ms", ""},
		"stepped clock": {[]func(*record.Run){responses(9000, 16*time.Second), func(r *record.Run) { r.Closing.Steps = []time.Duration{time.Second} }},
			"open.message.response.p99 < 500ms", ""},
		"too fast":   {nil, "open.message.p99 > 1s", ""},
		"rejected":   {[]func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Accepted: 90, sample.Rejected: 10})}, "closed.errors < 5%", "10.0 % were rejected by the server"},
		"failed":     {[]func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Accepted: 90, sample.Failed: 10})}, "closed.errors < 5%", ""},
		"a number":   {[]func(*record.Run){outcomes([sample.NumOutcomes]int64{sample.Accepted: 90, sample.Rejected: 10})}, "closed.rejected < 5", "and that is the server's word"},
		"a low rate": {nil, "closed.rate > 100/s", ""},
	} {
		r := sound(t, nil)
		busyCores(r)
		threshold(t, c.expr)(r)
		for _, spoil := range c.spoil {
			spoil(r)
		}
		res := Of(r)
		notes := strings.Join(res.Verdict.Notes, "\n")
		if res.Verdict.Word != criteria.Invalid || res.Thresholds[0].Beyond != (c.want != "") || !strings.Contains(notes, c.want) {
			t.Errorf("%s: %s, beyond %v, notes %q, want %q", name, res.Verdict.Word, res.Thresholds[0].Beyond, notes, c.want)
		}
	}
}
