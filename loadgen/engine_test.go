package loadgen

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// all tells whether every duration is d, and there are n of them.
func all(t *testing.T, what string, got []time.Duration, n int, d time.Duration) {
	t.Helper()
	if len(got) != n {
		t.Errorf("%s: %d samples, want %d", what, len(got), n)
	}
	for _, g := range got {
		if g != d {
			t.Fatalf("%s: %v, want %v each", what, g, d)
		}
	}
}

func TestClosedLoadMeasuresTheServersDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{
			"banner": 20 * time.Millisecond, "mail": 5 * time.Millisecond, "rcpt": 3 * time.Millisecond,
			"data": time.Millisecond, "body": 16 * time.Millisecond,
		}}
		rec, report := runFake(t, plan(Load{Sessions: 4, Duration: time.Second}), f, nil)
		// The banner takes 20 ms, then each message 25 ms. 39 messages end within
		// the load, and the 40th is under way when it ends.
		all(t, "mail", rec.service[sample.Mail], 160, 5*time.Millisecond)
		all(t, "rcpt", rec.service[sample.Rcpt], 160, 3*time.Millisecond)
		all(t, "body", rec.service[sample.Body], 160, 16*time.Millisecond)
		all(t, "message", rec.service[sample.SpanMessage], 160, 25*time.Millisecond)
		all(t, "banner", rec.service[sample.Banner], 4, 20*time.Millisecond)
		if len(rec.unfinished) > 0 {
			t.Errorf("%d messages are unfinished, and all were accepted", len(rec.unfinished))
		}
		if rec.outcomes[sample.Accepted] != 160 || f.messages != 160 {
			t.Errorf("accepted %d, server has %d, want 160", rec.outcomes[sample.Accepted], f.messages)
		}
		if rec.inWindow != 156 {
			t.Errorf("%d accepted within the load, want 156: the last of each session ends after it", rec.inWindow)
		}
		if len(rec.response) != 0 || len(rec.late) != 0 {
			t.Errorf("a closed load has no response time and no lateness")
		}
		if rec.events[sample.SessionStarted] != 4 || rec.events[sample.SessionCompleted] != 4 || rec.events[sample.SessionFailed] != 0 {
			t.Errorf("sessions: %v", rec.events)
		}
		if report.Interrupted || report.Lost != "" || report.Clock != sample.UserClock {
			t.Errorf("report: %+v", report)
		}
	})
}

// The first sessions of a round report the server's greeting. The others do not,
// because that costs memory.
func TestFirstSessionsReportTheGreeting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{answer: map[string]string{"ehlo": "250-fake\r\n250 SIZE 1000"}}
		p := plan(Load{Sessions: 2, Messages: 3 * greetings})
		p.Rounds, p.Flows[0].Session.Messages = 2, 1
		rec, _ := runFake(t, p, f, nil)
		if len(rec.greetings) != 2*greetings || rec.events[sample.SessionCompleted] != 6*greetings {
			t.Fatalf("%d greetings of %d sessions, want %d a round", len(rec.greetings), rec.events[sample.SessionCompleted], greetings)
		}
		if want := (sample.Greeting{Banner: "fake", EHLO: "localhost", Name: "fake", Clear: []string{"SIZE 1000"}}); !reflect.DeepEqual(rec.greetings[0], want) {
			t.Errorf("%+v, want %+v", rec.greetings[0], want)
		}
	})
}

// A server may send the password of one flow in a session of another. The texts of
// that flow are searched for it too.
func TestNoFlowSaysAnothersPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{answer: map[string]string{
			"banner": "220 S3cretPassw0rd", "ehlo": "250-fake\r\n250-s3cretpassw0rd\r\n250 AUTH PLAIN",
			"auth": "235 ok", "rcpt": "550 5.1.1 the password is S3cretPassw0rd",
		}}
		p := plan(Load{Sessions: 1, Messages: 2})
		other := p.Flows[0]
		p.Flows[0].Session.Accounts = []smtpwire.Credentials{{Username: "u", Password: "S3cretPassw0rd"}}
		other.Name = "other"
		p.Flows = append(p.Flows, other)
		rec, _ := runFake(t, p, f, nil)
		if len(rec.examples) != 4 || len(rec.greetings) != 2 {
			t.Errorf("%d failures and %d greetings, want 4 and 2", len(rec.examples), len(rec.greetings))
		}
		for _, text := range append(rec.examples, fmt.Sprint(rec.greetings)) {
			if !strings.Contains(text, smtpwire.Redacted) || strings.Contains(strings.ToLower(text), "s3cret") {
				t.Errorf("%q", text)
			}
		}
	})
}

func TestFixedAmountIsSentExactly(t *testing.T) {
	for _, perSession := range []int{0, 1, 7} {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeServer{delay: map[string]time.Duration{"body": time.Millisecond}}
			p := plan(Load{Sessions: 10, Messages: 123})
			p.Flows[0].Session.Messages = perSession
			p.Warmup = 50 * time.Millisecond
			rec, _ := runFake(t, p, f, nil)
			if rec.outcomes[sample.Accepted] != 123 {
				t.Errorf("%d a session: accepted %d, want 123", perSession, rec.outcomes[sample.Accepted])
			}
			if rec.warm == 0 || f.messages != 123+rec.warm {
				t.Errorf("%d a session: server has %d, want 123 and the %d of the warm-up", perSession, f.messages, rec.warm)
			}
			if rec.events[sample.SessionFailed] != 0 || rec.events[sample.SessionStarted] != rec.events[sample.SessionCompleted] {
				t.Errorf("%d a session: sessions %v", perSession, rec.events)
			}
		})
	}
}

func TestOpenLoadCountsFromDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{"body": 5 * time.Millisecond}}
		p := plan(Load{Stages: stage(time.Second, 100), Unit: Messages, MaxSessions: 10})
		rec, _ := runFake(t, p, f, nil)
		all(t, "response", rec.response[sample.SpanMessage], 100, 5*time.Millisecond)
		all(t, "lag", rec.lag[sample.SpanMessage], 100, 0)
		all(t, "late", rec.late, 100, 0)
		if rec.events[sample.SessionStarted] != 1 {
			t.Errorf("%d sessions, want 1: the pool's connection is free again each time", rec.events[sample.SessionStarted])
		}
	})
}

// With one session and a server that takes twice as long as the gap between
// arrivals, arrival n waits for the n before it: D/D/1.
func TestOverloadIsQueuedAndShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const gap, service = 10 * time.Millisecond, 20 * time.Millisecond
		f := &fakeServer{delay: map[string]time.Duration{"body": service}}
		p := plan(Load{Stages: stage(time.Second, 100), Unit: Messages, MaxSessions: 1})
		rec, _ := runFake(t, p, f, nil)
		got := rec.response[sample.SpanMessage]
		if len(got) != 100 {
			t.Fatalf("%d responses, want 100: nothing is dropped", len(got))
		}
		for n, d := range got {
			if want := service + time.Duration(n)*(service-gap); d != want {
				t.Fatalf("arrival %d took %v, want %v", n, d, want)
			}
		}
		all(t, "service", rec.service[sample.SpanMessage], 100, service)
		all(t, "late", rec.late, 100, 0) // the server makes them wait, not the scheduler
	})
}

func TestArrivalsThatNeverBeginAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{"body": time.Second}}
		p := plan(Load{Stages: stage(time.Second, 100), Unit: Messages, MaxSessions: 2})
		rec, _ := runFake(t, p, f, nil)
		if rec.attempted() != 100 {
			t.Errorf("%d attempted, want all 100 that were due", rec.attempted())
		}
		never := rec.failures["message canceled"]
		if never == 0 || rec.outcomes[sample.Failed] != never || rec.outcomes[sample.Accepted] != f.messages {
			t.Errorf("outcomes %v with %d that never began; the server has %d", rec.outcomes, never, f.messages)
		}
		last := rec.ticks[len(rec.ticks)-1]
		if last.Due[0] != 100 || last.Begun[0] != 100 || !last.Last {
			t.Errorf("last tick: %+v", last)
		}
	})
}

func TestSessionsArriveByRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{"banner": 30 * time.Millisecond, "quit": 10 * time.Millisecond}}
		p := plan(Load{Stages: stage(time.Second, 50), Unit: Sessions, MaxSessions: 100})
		p.Flows[0].Session.Messages = 1
		rec, _ := runFake(t, p, f, nil)
		all(t, "session response", rec.response[sample.SpanSession], 50, 40*time.Millisecond)
		all(t, "message response", rec.response[sample.SpanMessage], 50, 30*time.Millisecond)
		for n, at := range f.dials {
			if want := time.Duration(n)*20*time.Millisecond + 10*time.Millisecond; at != want {
				t.Fatalf("session %d dialed at %v, want %v", n, at, want)
			}
		}
	})
}

func TestWarmupIsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan(Load{Stages: stage(time.Second, 100), Unit: Messages, MaxSessions: 10})
		p.Warmup = 500 * time.Millisecond
		rec, _ := runFake(t, p, &fakeServer{}, nil)
		if rec.warm != 50 || rec.attempted() != 100 {
			t.Errorf("%d in the warm-up and %d after it, want 50 and 100", rec.warm, rec.attempted())
		}
	})
}

func TestFlowsInTurnAndRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan(Load{Sessions: 2, Duration: time.Second})
		p.Flows = append(p.Flows, p.Flows[0])
		p.Flows[1].Name = "other"
		p.InTurn, p.Rounds = true, 2
		f := &fakeServer{delay: map[string]time.Duration{"body": 100 * time.Millisecond}}
		rec, _ := runFake(t, p, f, nil)
		want := []sample.Series{{Flow: 0, Round: 0, Stage: sample.Steady}, {Flow: 1, Round: 0, Stage: sample.Steady}, {Flow: 0, Round: 1, Stage: sample.Steady}, {Flow: 1, Round: 1, Stage: sample.Steady}}
		if !slices.Equal(rec.order, want) {
			t.Errorf("order %v, want %v", rec.order, want)
		}
		for i, w := range rec.windows {
			if i > 0 && w.from < rec.windows[i-1].to {
				t.Errorf("window %v begins before the one before has ended", w)
			}
			if d := w.to.Sub(w.from); w.series.Stage == sample.Steady && d != time.Second {
				t.Errorf("window %v lasts %v, want 1s", w.series, d)
			}
		}
	})
}

func TestThinkTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan(Load{Sessions: 1, Duration: time.Second})
		p.Flows[0].Session.Think = 90 * time.Millisecond
		rec, _ := runFake(t, p, &fakeServer{delay: map[string]time.Duration{"body": 10 * time.Millisecond}}, nil)
		if rec.attempted() != 10 {
			t.Errorf("%d messages in 1 s at 100 ms each, want 10", rec.attempted())
		}
	})
}

func TestDrainFinishesWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{"body": 400 * time.Millisecond}}
		began := time.Now()
		rec, report := runFake(t, plan(Load{Sessions: 3, Duration: time.Hour}), f, func(e *Engine, _ func()) {
			time.Sleep(time.Second)
			e.Drain()
		})
		if took := time.Since(began); took != 1200*time.Millisecond {
			t.Errorf("ended after %v, want 1.2s: the message under way at 1 s is finished", took)
		}
		if !report.Interrupted || rec.outcomes[sample.Accepted] != 9 || rec.events[sample.SessionCompleted] != 3 {
			t.Errorf("outcomes %v, sessions %v, interrupted %v", rec.outcomes, rec.events, report.Interrupted)
		}
	})
}

func TestStopBreaksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{"body": time.Minute}}
		began := time.Now()
		rec, report := runFake(t, plan(Load{Sessions: 3, Duration: time.Hour}), f, func(e *Engine, stop func()) {
			time.Sleep(time.Second)
			e.Drain()
			time.Sleep(time.Second)
			stop()
		})
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("ended after %v, want 2s", took)
		}
		if !report.Interrupted || rec.outcomes[sample.Unknown] != 3 || rec.failures["body canceled"] != 3 {
			t.Errorf("outcomes %v, failures %v", rec.outcomes, rec.failures)
		}
		// They did not fail by the server.
		if rec.events[sample.SessionCanceled] != 3 || rec.events[sample.SessionFailed] > 0 {
			t.Errorf("sessions %v, want three that were cut off", rec.events)
		}
	})
}

// A server that never answers QUIT has taken all messages, and does not stretch the run by
// the whole of the limit for commands.
func TestUnansweredQuit(t *testing.T) {
	for _, command := range []time.Duration{0, 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			p := plan(Load{Sessions: 2, Messages: 10})
			p.Flows[0].Timeouts.Command = command
			began := time.Now()
			rec, _ := runFake(t, p, &fakeServer{answer: map[string]string{"quit": "silent"}}, nil)
			want := min(quitLimit, p.Flows[0].Timeouts.command())
			if took := time.Since(began); took < want || took > want+time.Second {
				t.Errorf("ended after %v, want %v", took, want)
			}
			if rec.outcomes[sample.Accepted] != 10 || rec.failures["quit timeout"] != 2 {
				t.Errorf("outcomes %v, failures %v", rec.outcomes, rec.failures)
			}
		})
	}
}

func TestSilentServerTimesOut(t *testing.T) {
	for phase, verb := range map[string]string{"banner": "banner", "ehlo": "ehlo", "mail": "mail", "body": "body"} {
		synctest.Test(t, func(t *testing.T) {
			p := plan(Load{Sessions: 2, Duration: time.Second})
			p.Flows[0].Timeouts = Timeouts{Command: 3 * time.Second, Body: 4 * time.Second}
			began := time.Now()
			rec, _ := runFake(t, p, &fakeServer{answer: map[string]string{verb: "silent"}}, nil)
			limit := 3 * time.Second
			if phase == "body" {
				limit = 4 * time.Second
			}
			if took := time.Since(began); took != limit {
				t.Errorf("%s: ended after %v, want %v", phase, took, limit)
			}
			if rec.failures[phase+" timeout"] != 2 || rec.events[sample.SessionFailed] != 2 {
				t.Errorf("%s: failures %v, sessions %v", phase, rec.failures, rec.events)
			}
			if want := rec.outcomes[sample.Unknown]; phase == "body" && want != 2 {
				t.Errorf("body: outcomes %v, want 2 unknown", rec.outcomes)
			}
		})
	}
}

func TestRefusedTargetIsLostAndNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{refuse: func(int) bool { return true }}
		began := time.Now()
		rec, report := runFake(t, plan(Load{Sessions: 5, Messages: 1000000}), f, nil)
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("gave up after %v, want about 5s", took)
		}
		if report.Lost == "" {
			t.Error("the report does not say that the target was lost")
		}
		if n := len(f.dials); n < 20 || n > 200 {
			t.Errorf("%d connects in 5 s by 5 sessions: want some, slowed down", n)
		}
		// What was under way when the load was given up does not count as attempted.
		if late := len(f.dials) - rec.outcomes[sample.Failed]; late < 0 || late > 5 || rec.failures["connect refused"] != len(f.dials) {
			t.Errorf("%d dials, outcomes %v, failures %v", len(f.dials), rec.outcomes, rec.failures)
		}
	})
}

func TestServerBackAfterAWhileIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{"body": 10 * time.Millisecond}}
		f.refuse = func(int) bool { s := time.Since(f.started); return s > time.Second && s < 4*time.Second }
		p := plan(Load{Sessions: 2, Duration: 8 * time.Second})
		p.Flows[0].Session.Messages = 10
		rec, report := runFake(t, p, f, nil)
		if report.Lost != "" {
			t.Errorf("lost: %s", report.Lost)
		}
		if n := rec.outcomes[sample.Accepted]; n < 800 || n > 1000 {
			t.Errorf("accepted %d, want what two sessions do in about 5 s", n)
		}
	})
}

func TestRejectedMessagesGoOnInTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{
			answer: map[string]string{"rcpt": "550 5.1.1 no such user"},
			delay:  map[string]time.Duration{"mail": 100 * time.Millisecond},
		}
		rec, _ := runFake(t, plan(Load{Sessions: 1, Duration: time.Second}), f, nil)
		if rec.outcomes[sample.Rejected] != 10 || rec.events[sample.SessionStarted] != 1 {
			t.Errorf("outcomes %v, sessions %v", rec.outcomes, rec.events)
		}
		if rec.failures["rcpt recipient-unknown"] != 10 {
			t.Errorf("failures %v", rec.failures)
		}
		all(t, "unfinished messages", rec.unfinished, 10, 100*time.Millisecond)
	})
}
