package loadgen

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A thread is the times of one.
type thread struct{ cpu, waiting time.Duration }

func (t thread) CPU() time.Duration      { return t.cpu }
func (t thread) RunDelay() time.Duration { return t.waiting }

func TestStandstill(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		wanted, unread, now time.Duration // since the last pass
		worked, waited      time.Duration
		want                time.Duration
	}{
		"on time":                          {wanted: 400 * ms, now: 400 * ms},
		"a turn late":                      {wanted: 400 * ms, now: 420 * ms},
		"late":                             {wanted: 400 * ms, now: 5400 * ms, want: 5000 * ms},
		"nothing was wanted in time":       {wanted: 900 * ms, now: 400 * ms},
		"stopped while it worked":          {wanted: 0, now: 303 * ms, worked: 3 * ms, want: 300 * ms},
		"worked":                           {wanted: 0, now: 300 * ms, worked: 290 * ms},
		"waited for a processor":           {wanted: 0, now: 300 * ms, waited: 299 * ms},
		"a reply lay unread":               {wanted: 900 * ms, unread: 300 * ms, now: 310 * ms, want: 300 * ms},
		"a reply of before the last turn":  {wanted: 900 * ms, unread: 300 * ms, now: 1 * ms},
		"a reply lay unread while working": {wanted: 900 * ms, unread: 300 * ms, now: 310 * ms, worked: 250 * ms},
	} {
		var w standstill
		const begun = 7 * time.Second
		w.begin(begun, thread{cpu: time.Second, waiting: time.Minute})
		w.wanted, w.unread = begun+c.wanted, c.unread
		w.notePass(begun+c.now, thread{time.Second + c.worked, time.Minute + c.waited})
		if got := w.take(); got != c.want {
			t.Errorf("%s: stood still for %v, want %v", name, got, c.want)
		}
		// Replies that come later do not count it again.
		w.wanted, w.unread = time.Hour, c.unread+time.Millisecond
		w.notePass(begun+c.now+time.Millisecond, thread{time.Second + c.worked, time.Minute + c.waited})
		if again := w.take(); again != 0 {
			t.Errorf("%s: %v counts twice", name, again)
		}
	}
}

// A stopped process returns from its wait, and reads the replies only in the next
// pass.
func TestStandstillIsFoundByLaterReplies(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		slept, unread, want time.Duration
	}{
		{300 * ms, 0, 0},
		{300 * ms, 1 * ms, 0},          // the reply came at the end of the sleep
		{300 * ms, 291 * ms, 290 * ms}, // the reply came at its beginning
	} {
		var w standstill
		w.begin(0, thread{})
		w.wanted = time.Second
		w.notePass(c.slept, thread{})
		w.wanted, w.unread = time.Second, c.unread
		w.notePass(c.slept+ms, thread{})
		if got := w.take(); got != c.want {
			t.Errorf("%+v: stood still for %v", c, got)
		}
	}
}

// A stalled tape stands still once, during a message.
type stalled struct {
	*tape
	by time.Duration
}

func (s *stalled) Message(series sample.Series, o sample.Outcome, now sample.Stage, accepted, rejected int) {
	time.Sleep(s.by)
	s.by = 0
	s.tape.Message(series, o, now, accepted, rejected)
}

func TestStandstillOfARunIsReported(t *testing.T) {
	for _, by := range []time.Duration{0, 300 * time.Millisecond, 5 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeServer{delay: map[string]time.Duration{"body": 10 * time.Millisecond}}
			rec := &stalled{newTape(), by}
			p := plan(Load{Sessions: 3, Duration: 10 * time.Second})
			p.Flows[0].Session.Think = 20 * time.Millisecond
			e, err := New(p, func(int) sample.Recorder { return rec }, Options{NewDriver: f.driver})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(f.served.Wait)
			if _, err := e.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			var stood time.Duration
			for _, tick := range rec.ticks {
				stood += tick.Stood
			}
			if stood < by-20*time.Millisecond || stood > by {
				t.Errorf("%v reported, want the %v that the loop stood still", stood, by)
			}
		})
	}
}
