package loadgen

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A scene is a load whose outcome is the same however fast the machine is, so it can
// be played in real time too. The other tests of the engine are exact about time, so
// they run in virtual time. This platform's driver cannot run there, because virtual
// time stops while a thread waits in the kernel. The scenes show what it does
// differently.
type scene struct {
	name   string
	server *fakeServer // nil for the usual one
	load   Load
	more   int         // messages that Options.More gives out; 0 without it
	change func(*Plan) // may be nil
	during func(f *fakeServer, e *Engine, stop func())
	check  func(t *testing.T, f *fakeServer, rec *tape, report *sample.Report)
}

// scenes makes all scenes anew each time, in the same order, because they have state.
func scenes() []scene {
	return slices.Concat(amounts(), arrivals(), ends(), refusals())
}

// amounts makes loads of a number of messages.
func amounts() []scene {
	var list []scene
	for _, perSession := range []int{0, 1, 7} {
		for _, s := range []scene{
			{name: "closed", load: Load{Sessions: 10, Messages: 123}},
			{name: "pipelined", load: Load{Sessions: 10, Messages: 123}, server: &fakeServer{answer: map[string]string{"ehlo": "250-fake\r\n250 PIPELINING"}}},
			{name: "asked for", load: Load{Sessions: 10}, more: 123},
			{name: "messages arrive", load: Load{Stages: stage(time.Hour, 5000), Unit: Messages, MaxSessions: 10}, more: 123},
			{name: "sessions arrive", load: Load{Stages: stage(time.Hour, 5000), Unit: Sessions, MaxSessions: 10}, more: 123},
		} {
			if s.load.Unit == Sessions && perSession == 0 {
				continue // such sessions have no end
			}
			s.name = fmt.Sprintf("%s, %d a session", s.name, perSession)
			s.change = func(p *Plan) { p.Flows[0].Session.Messages = perSession }
			s.check = func(t *testing.T, f *fakeServer, rec *tape, report *sample.Report) {
				if rec.outcomes[sample.Accepted] != 123 || rec.attempted() != 123 || f.messages != 123 {
					t.Errorf("outcomes %v, the server has %d; want 123", rec.outcomes, f.messages)
				}
				if report.Interrupted || rec.events[sample.SessionFailed] != 0 || rec.events[sample.SessionStarted] != rec.events[sample.SessionCompleted] {
					t.Errorf("%+v, sessions %v", report, rec.events)
				}
			}
			list = append(list, s)
		}
	}
	return append(list, scene{
		name: "more than a write takes", load: Load{Sessions: 2, Messages: 2},
		change: func(p *Plan) { p.Flows[0].Mail.Size = mail.Size{Median: 2 << 20} },
		check: func(t *testing.T, f *fakeServer, rec *tape, _ *sample.Report) {
			if rec.outcomes[sample.Accepted] != 2 || f.messages != 2 {
				t.Errorf("outcomes %v, the server has %d; want 2", rec.outcomes, f.messages)
			}
		},
	}, scene{
		name: "flows in turn and rounds", load: Load{Sessions: 2, Messages: 5},
		change: func(p *Plan) {
			p.Flows = append(p.Flows, p.Flows[0])
			p.Flows[1].Name, p.InTurn, p.Rounds = "other", true, 2
		},
		check: func(t *testing.T, f *fakeServer, rec *tape, _ *sample.Report) {
			if want := []sample.Series{{Flow: 0, Round: 0, Stage: sample.Steady}, {Flow: 1, Round: 0, Stage: sample.Steady}, {Flow: 0, Round: 1, Stage: sample.Steady}, {Flow: 1, Round: 1, Stage: sample.Steady}}; !slices.Equal(rec.order, want) {
				t.Errorf("order %v, want %v", rec.order, want)
			}
			if f.messages != 20 {
				t.Errorf("the server has %d messages, want 20", f.messages)
			}
		},
	}, scene{
		name: "greetings", load: Load{Sessions: 2, Messages: 3 * greetings},
		server: &fakeServer{answer: map[string]string{"ehlo": "250-fake\r\n250 SIZE 1000000"}},
		change: func(p *Plan) { p.Flows[0].Session.Messages = 1 },
		check: func(t *testing.T, _ *fakeServer, rec *tape, _ *sample.Report) {
			if len(rec.greetings) != greetings {
				t.Fatalf("%d greetings, want %d", len(rec.greetings), greetings)
			}
			if want := (sample.Greeting{Banner: "fake", EHLO: "localhost", Name: "fake", Clear: []string{"SIZE 1000000"}}); !reflect.DeepEqual(rec.greetings[0], want) {
				t.Errorf("%+v, want %+v", rec.greetings[0], want)
			}
		},
	})
}

// arrivals makes open loads. Nothing begins early, nothing is dropped, and no time
// is shorter than the server waited.
func arrivals() []scene {
	const wait = 2 * time.Millisecond
	atLeast := func(t *testing.T, what string, got []time.Duration, n int, least time.Duration) {
		if len(got) != n {
			t.Errorf("%s: %d samples, want %d", what, len(got), n)
		}
		for _, d := range got {
			if d < least {
				t.Fatalf("%s: %v, want %v at least", what, d, least)
			}
		}
	}
	return []scene{{
		name: "messages are timed", server: &fakeServer{delay: map[string]time.Duration{"body": wait}},
		load: Load{Stages: stage(100*time.Millisecond, 1000), Unit: Messages, MaxSessions: 10},
		check: func(t *testing.T, _ *fakeServer, rec *tape, _ *sample.Report) {
			// The wall clock may be slewed a little meanwhile.
			atLeast(t, "service", rec.service[sample.SpanMessage], 100, wait*99/100)
			atLeast(t, "response", rec.response[sample.SpanMessage], 100, wait*99/100)
			atLeast(t, "body", rec.service[sample.Body], 100, wait*99/100)
			atLeast(t, "lag", rec.lag[sample.SpanMessage], 100, 0)
			atLeast(t, "late", rec.late, 100, 0)
		},
	}, {
		name: "sessions begin when they are due",
		load: Load{Stages: stage(100*time.Millisecond, 500), Unit: Sessions, MaxSessions: 100},
		change: func(p *Plan) {
			p.Flows[0].Session.Messages = 1
		},
		check: func(t *testing.T, f *fakeServer, rec *tape, _ *sample.Report) {
			if rec.outcomes[sample.Accepted] != 50 || len(f.dials) != 50 {
				t.Errorf("outcomes %v of %d connections, want 50", rec.outcomes, len(f.dials))
			}
			for n, at := range f.dials {
				if due := time.Duration(n)*2*time.Millisecond + time.Millisecond; at < due {
					t.Errorf("session %d began at %v, and is due at %v", n, at, due)
				}
			}
		},
	}}
}

// ends makes runs that are ended from outside while messages are under way, or by a
// time limit.
func ends() []scene {
	underWay := func(f *fakeServer, n int) {
		for range n {
			<-f.bodies
		}
	}
	return []scene{{
		name: "drain", load: Load{Sessions: 3, Duration: time.Hour}, server: &fakeServer{bodies: make(chan struct{}, 1000)},
		during: func(f *fakeServer, e *Engine, _ func()) {
			underWay(f, 10)
			e.Drain()
		},
		check: func(t *testing.T, f *fakeServer, rec *tape, report *sample.Report) {
			if !report.Interrupted || f.messages < 10 || rec.outcomes[sample.Accepted] != f.messages || rec.events[sample.SessionCompleted] != 3 {
				t.Errorf("outcomes %v, sessions %v, interrupted %v; the server has %d", rec.outcomes, rec.events, report.Interrupted, f.messages)
			}
		},
	}, {
		name: "stop", load: Load{Sessions: 3, Duration: time.Hour},
		server: &fakeServer{bodies: make(chan struct{}, 1000), answer: map[string]string{"body": "silent"}},
		during: func(f *fakeServer, e *Engine, stop func()) {
			underWay(f, 3)
			e.Drain()
			stop()
		},
		check: func(t *testing.T, _ *fakeServer, rec *tape, report *sample.Report) {
			if !report.Interrupted || rec.outcomes[sample.Unknown] != 3 || rec.failures["body canceled"] != 3 {
				t.Errorf("outcomes %v, failures %v, interrupted %v", rec.outcomes, rec.failures, report.Interrupted)
			}
		},
	}, {
		// More arrivals are due than the loop can begin, ever: it hangs if it tries to.
		name: "stop far behind", load: Load{Stages: stage(time.Hour, 1e8), Unit: Messages, MaxSessions: 1},
		server: &fakeServer{bodies: make(chan struct{}, 1<<20)},
		during: func(f *fakeServer, e *Engine, stop func()) {
			underWay(f, 1)
			e.Drain()
			stop()
		},
		check: func(t *testing.T, _ *fakeServer, rec *tape, report *sample.Report) {
			if !report.Interrupted || rec.attempted() == 0 {
				t.Errorf("outcomes %v, interrupted %v", rec.outcomes, report.Interrupted)
			}
		},
	}, {
		name: "silent banner", load: Load{Sessions: 2}, more: 2, server: &fakeServer{answer: map[string]string{"banner": "silent"}},
		change: func(p *Plan) { p.Flows[0].Timeouts.Command = 20 * time.Millisecond },
		check: func(t *testing.T, _ *fakeServer, rec *tape, _ *sample.Report) {
			if rec.failures["banner timeout"] != 2 || rec.outcomes[sample.Failed] != 2 || rec.events[sample.SessionFailed] != 2 {
				t.Errorf("failures %v, outcomes %v, sessions %v", rec.failures, rec.outcomes, rec.events)
			}
		},
	}, {
		name: "silent after the final dot", load: Load{Sessions: 2}, more: 2, server: &fakeServer{answer: map[string]string{"body": "silent"}},
		change: func(p *Plan) { p.Flows[0].Timeouts.Body = 20 * time.Millisecond },
		check: func(t *testing.T, _ *fakeServer, rec *tape, _ *sample.Report) {
			if rec.failures["body timeout"] != 2 || rec.outcomes[sample.Unknown] != 2 || rec.events[sample.SessionFailed] != 2 {
				t.Errorf("failures %v, outcomes %v, sessions %v", rec.failures, rec.outcomes, rec.events)
			}
		},
	}}
}

// refusals makes servers that say no, or hang up.
func refusals() []scene {
	var list []scene
	for _, c := range []struct {
		verb, answer, failure string
		outcome               sample.Outcome
		sessions              int
	}{
		{"rcpt", "550 5.1.1 no such user", "rcpt recipient-unknown", sample.Rejected, 1},
		{"body", "554 5.6.0 no", "body permfail", sample.Rejected, 1},
		{"mail", "close", "mail closed", sample.Failed, 3},
		{"body", "close", "body closed", sample.Unknown, 3},
		{"banner", "close", "banner closed", sample.Failed, 3},
	} {
		list = append(list, scene{
			name: c.answer + " at " + c.verb, load: Load{Sessions: 1}, more: 3, server: &fakeServer{answer: map[string]string{c.verb: c.answer}},
			check: func(t *testing.T, _ *fakeServer, rec *tape, _ *sample.Report) {
				if rec.outcomes[c.outcome] != 3 || rec.attempted() != 3 || rec.failures[c.failure] != 3 || rec.events[sample.SessionStarted] != c.sessions {
					t.Errorf("outcomes %v, failures %v, sessions %v", rec.outcomes, rec.failures, rec.events)
				}
			},
		})
	}
	return list
}

// ways are the ways in which the engine connects to the fake server.
var ways = []struct {
	name    string
	virtual bool
	set     func(t *testing.T, f *fakeServer, p *Plan, o *Options)
}{
	{"virtual", true, func(*testing.T, *fakeServer, *Plan, *Options) {}},
	{"portable", false, func(t *testing.T, f *fakeServer, p *Plan, o *Options) {
		f.listen(t, p)
		o.NewDriver = func(epoch time.Time) (netdrive.Driver, error) { return netdrive.NewPortable(epoch, nil), nil }
	}},
	{"platform", false, func(t *testing.T, f *fakeServer, p *Plan, o *Options) { // its own driver
		f.listen(t, p)
		o.NewDriver = netdrive.New
	}},
}

func TestScenes(t *testing.T) {
	for _, way := range ways {
		for i, s := range scenes() {
			t.Run(way.name+"/"+s.name, func(t *testing.T) {
				play := func(t *testing.T) { scenes()[i].play(t, way.set) } // made inside, so that its channels belong to virtual time
				if way.virtual {
					synctest.Test(t, play)
				} else {
					play(t)
				}
			})
		}
	}
}

func (s scene) play(t *testing.T, set func(t *testing.T, f *fakeServer, p *Plan, o *Options)) {
	f, p, o := s.server, plan(s.load), Options{}
	if f == nil {
		f = &fakeServer{}
	}
	if s.change != nil {
		s.change(p)
	}
	if s.more > 0 {
		o.More = (&countdown{t: t, left: s.more}).more
	}
	set(t, f, p, &o)
	var during func(e *Engine, stop func())
	if s.during != nil {
		during = func(e *Engine, stop func()) { s.during(f, e, stop) }
	}
	rec, report := runFakeWith(t, p, f, o, during)
	f.end()
	s.check(t, f, rec, report)
}
