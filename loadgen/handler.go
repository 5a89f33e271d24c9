package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Connected begins the SMTP session on the new connection.
func (s *session) Connected(at sample.Instant, took time.Duration) {
	f := s.flow
	f.targets.answered(s.target)
	f.up++
	f.noteAlive()
	f.shard.recorder.Service(s.series, sample.Connect, took)
	s.state = talking
	s.client.Established(at)
	s.limit(f.flow.Timeouts.command())
	s.pump()
}

// Secured continues the SMTP session after the TLS handshake.
func (s *session) Secured(from, to sample.Instant) {
	s.flow.shard.recorder.Service(s.series, sample.TLS, max(0, to.Sub(from)))
	s.state, s.unproven, s.secured = talking, true, true
	s.client.Secured() // first: under implicit TLS it begins the wait for the banner, which Established times
	s.client.Established(to)
	s.limit(s.flow.flow.Timeouts.command())
	s.pump()
}

// Received gives the bytes to the client.
func (s *session) Received(p []byte, at netdrive.Arrival) {
	sh, series := s.flow.shard, s.series
	s.flow.noteAlive()
	s.unproven = false
	if s.tx != nil { // the session may have begun in the warm-up, and the message after it
		series = s.message
	}
	if at.Stamped {
		sh.stamped++
		sh.recorder.Delay(series, at.Delay)
		sh.still.unread = max(sh.still.unread, at.Delay)
	} else {
		sh.bare++
		sh.recorder.Unstamped(series)
	}
	if s.tx != nil {
		s.replied = at.At
	}
	s.client.Receive(p, at.At)
	s.pump()
}

// Writable goes on with a write that was cut short.
func (s *session) Writable() {
	s.blocked = false
	if s.state == talking {
		s.pump()
	}
}

// Broken tries the next address if the session has no connection yet, and ends the
// session otherwise.
func (s *session) Broken(err error, at sample.Instant) {
	if s.state != connecting {
		class, text := Cause(err, s.phase(err))
		s.lose(class, s.withHint(err, text), at)
		return
	}
	exhausted := Exhausted(err)
	class, text := Cause(err, sample.Connect)
	s.noteUnreached(class, text)
	if !exhausted && s.connectElsewhere() {
		return
	}
	if !exhausted { // otherwise the error says nothing about the target
		s.flow.noteUnreached(class)
	}
	s.failUnconnected(class, text)
}

// phase returns the phase in which a connection broke. Under TLS 1.3 the client
// finishes its handshake before the server has checked the client's certificate. So
// an alert that comes before anything else still belongs to the handshake (RFC
// 8446, section 4.4.2.4).
func (s *session) phase(err error) sample.Phase {
	if s.unproven && IsAlert(err) {
		return sample.TLS
	}
	return s.client.Awaiting()
}

// lose ends a session whose connection broke, or which took too long.
func (s *session) lose(class sample.Class, text string, at sample.Instant) {
	s.client.Lost(class, text, at)
	s.state = talking
	s.pump()
}

// failUnconnected ends a session that never had a connection.
func (s *session) failUnconnected(class sample.Class, text string) {
	s.flow.shard.recorder.Failure(s.series, &sample.Failure{Phase: sample.Connect, Class: class, Text: text})
	s.end()
}

var _ netdrive.Handler = (*session)(nil)
