package check

import (
	"context"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// mostHeld bounds how many sessions are held at once, whatever the plan has.
const mostHeld = 200

// tooSlow is how long a banner may take if sessions are to be held: there are up to
// eight steps, and each waits for it.
const tooSlow = 3 * time.Second

// sessions finds out how many sessions the server holds for one address: 1, 2, 4 and so
// on, up to what the plan has there, each greeted and then idle.
func (l *look) sessions(ctx context.Context) {
	if took, _ := l.walk.Took(sample.Banner); took > tooSlow {
		l.add(Note, Sessions, "", "how many sessions it holds at once was not tried: each waits %s for its banner", human.Duration(took))
		return
	}
	wanted := l.wanted()
	most := min(wanted, mostHeld)
	until, release := context.WithCancel(ctx)
	var group sync.WaitGroup
	held, refusal := l.hold(ctx, until, most, &group)
	if refusal != nil {
		// The server may still count sessions of before. It is asked once more.
		timer := time.NewTimer(farewell)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		var more int
		more, refusal = l.hold(ctx, until, most-held, &group)
		held += more
	}
	release()
	group.Wait()
	switch {
	case refusal == nil:
		l.ok(Sessions, "holds %s at once for this address, of %s that are wanted", human.CountOf(int64(held), "session"), human.Count(int64(wanted)))
	case held == 0:
		l.add(Warning, SessionLimit, "look into the server's log", "it did not begin another session after the first: %s", refusal.text())
	default:
		l.add(Error, SessionLimit, "raise the server's limit of sessions for a client (Postfix: smtpd_client_connection_count_limit, default_process_limit), ask for fewer sessions, or load from several addresses (target.source of a scenario)",
			"holds %s at once for this address, and %s are wanted; the next %s", human.CountOf(int64(held), "session"), human.Count(int64(wanted)), refusal.text())
	}
}

// wanted is how many sessions the plan has at the target at once, at most.
func (l *look) wanted() int {
	var sum, most int
	for i := range l.plan.Flows {
		f := &l.plan.Flows[i]
		if place(&f.Target) != place(&l.flow.Target) {
			continue
		}
		n := f.Load.MostSessions()
		sum, most = sum+n, max(most, n)
	}
	if l.plan.InTurn {
		return most
	}
	return sum
}

// text says how the session that was refused ended.
func (w *Walk) text() string {
	f := w.Failure
	if f.Code != 0 {
		return "was answered " + reply(f)
	}
	return "ended at " + f.Phase.String() + ": " + f.Example()
}

// hold opens up to so many sessions more, which end with until. It returns how many were
// greeted, and the first that was not.
func (l *look) hold(ctx, until context.Context, most int, group *sync.WaitGroup) (held int, refusal *Walk) {
	for step := 1; held < most; step *= 2 {
		n := min(step, most-held)
		results := make(chan Walk, n)
		for range n {
			group.Go(func() { l.holdOne(ctx, until, results) })
		}
		for range n {
			if w := <-results; w.Failure == nil {
				held++
			} else if refusal == nil {
				refusal = &w
			}
		}
		if refusal != nil || ctx.Err() != nil {
			return held, refusal
		}
	}
	return held, nil
}

// holdOne opens a session, and holds it until a context ends. It sends its walk when the
// session is greeted or has failed.
func (l *look) holdOne(ctx, until context.Context, results chan<- Walk) {
	f := *l.flow
	wire := smtpwire.Options{Name: f.Session.Wire.Name, LMTP: f.Session.Wire.LMTP, Secrets: l.plan.Secrets()}
	if f.Session.Wire.TLS == sample.TLSImplicit {
		f.Target.TLS = f.Target.TLS.Clone()
		anyTLS(sample.TLSImplicit)(&f)
		wire.TLS = sample.TLSImplicit
	}
	greeted := false
	s := &session{
		flow: &f, limits: f.Timeouts.Resolved(), addrs: l.walk.reached(), walk: &Walk{again: true}, trial: noEnvelope, wire: wire,
		driver: netdrive.NewPortable(time.Now(), l.options.Dial), patience: LookPatience, until: until,
	}
	s.held = func() {
		greeted = true
		results <- *s.walk
	}
	s.client.Start(&s.wire, nil)
	stop := context.AfterFunc(until, s.driver.Wake) // it ends with ctx too
	defer stop()
	s.run(ctx)
	if greeted {
		return
	}
	if s.walk.Failure == nil {
		s.walk.Failure = &sample.Failure{Phase: sample.SpanSession, Class: sample.Canceled, Text: "stopped"}
	}
	results <- *s.walk
}
