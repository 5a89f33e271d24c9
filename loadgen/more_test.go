package loadgen

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A countdown returns true so many times, then false. If it is called once more, the
// test fails.
type countdown struct {
	t    *testing.T
	left int
	over bool
}

func (c *countdown) more() bool {
	if c.over {
		c.t.Error("asked again after the end")
	}
	c.left--
	c.over = c.left < 0
	return !c.over
}

func TestMoreGivesOutALoadOneByOne(t *testing.T) {
	const n = 123
	for _, c := range []struct {
		name       string
		load       Load
		perSession int
	}{
		{"closed", Load{Sessions: 10}, 0},
		{"closed, short sessions", Load{Sessions: 10}, 7},
		{"closed, a message a session", Load{Sessions: 200}, 1},
		{"messages arrive", Load{Stages: stage(time.Hour, 100), Unit: Messages, MaxSessions: 10}, 0},
		{"sessions arrive", Load{Stages: stage(time.Hour, 100), Unit: Sessions, MaxSessions: 10}, 4},
	} {
		for _, warmup := range []time.Duration{0, 50 * time.Millisecond} {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeServer{delay: map[string]time.Duration{"body": time.Millisecond}}
				p := plan(c.load)
				p.Flows[0].Session.Messages = c.perSession
				p.Warmup = warmup
				asked := &countdown{t: t, left: n}
				rec, report := runFakeWith(t, p, f, Options{More: asked.more}, nil)
				if got := rec.outcomes[sample.Accepted]; got != n || rec.attempted() != n || f.messages != n+rec.warm {
					t.Errorf("%s: accepted %d of %d attempted, the server has %d, of the warm-up %d; want %d", c.name, got, rec.attempted(), f.messages, rec.warm, n)
				}
				if (rec.warm > 0) != (warmup > 0) {
					t.Errorf("%s: %d messages of a warm-up of %v", c.name, rec.warm, warmup)
				}
				if report.Interrupted || rec.events[sample.SessionFailed] != 0 || rec.events[sample.SessionStarted] != rec.events[sample.SessionCompleted] {
					t.Errorf("%s: %+v, sessions %v", c.name, report, rec.events)
				}
			})
		}
	}
}

// The load ends with the last message, not with the next event.
func TestEndOfMoreIsTheEndOfTheLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := &countdown{t: t, left: 10}
		p := plan(Load{Stages: stage(time.Hour, 100), Unit: Messages, MaxSessions: 10})
		rec, _ := runFakeWith(t, p, &fakeServer{}, Options{More: asked.more}, nil)
		// Arrivals are due in the middle of their share. The eleventh, which More
		// does not give out, would be due after 105 ms.
		if w := rec.windows[0]; w.to.Sub(w.from) != 105*time.Millisecond {
			t.Errorf("the load lasted %v, want 105 ms", w.to.Sub(w.from))
		}
	})
}

// No time that is measured contains the time that More takes.
func TestWaitForMoreIsNotMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{"body": time.Millisecond}}
		asked := &countdown{t: t, left: 20}
		more := func() bool {
			time.Sleep(50 * time.Second) // longer than any time limit
			return asked.more()
		}
		rec, _ := runFakeWith(t, plan(Load{Sessions: 1}), f, Options{More: more}, nil)
		all(t, "message", rec.service[sample.SpanMessage], 20, time.Millisecond)
	})
}

// More is called for messages that fail, too.
func TestFailedMessagesCountAsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{refuse: func(n int) bool { return n%2 == 0 }}
		p := plan(Load{Sessions: 3})
		p.Flows[0].Session.Messages = 1
		asked := &countdown{t: t, left: 20}
		rec, _ := runFakeWith(t, p, f, Options{More: asked.more}, nil)
		if rec.attempted() != 20 || rec.outcomes[sample.Failed] == 0 || rec.outcomes[sample.Accepted] != f.messages {
			t.Errorf("outcomes %v, the server has %d: want 20 in all", rec.outcomes, f.messages)
		}
	})
}
