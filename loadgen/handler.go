package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Connected takes the connection up.
func (s *session) Connected(at sample.Instant, took time.Duration) {
	f := s.flow
	f.answered(s.target)
	f.up++
	f.alive()
	f.shard.recorder.Service(s.series, sample.Connect, took)
	s.state = talking
	s.client.Established(at)
	s.limit(f.flow.Timeouts.command())
	s.pump()
}

// Secured goes on after the handshake.
func (s *session) Secured(from, to sample.Instant) {
	s.flow.shard.recorder.Service(s.series, sample.TLS, max(0, to.Sub(from)))
	s.state, s.unproven = talking, true
	s.client.Secured() // first: then an implicit session awaits the banner that Established begins
	s.client.Established(to)
	s.limit(s.flow.flow.Timeouts.command())
	s.pump()
}

// Received hands bytes to the client.
func (s *session) Received(p []byte, at netdrive.Arrival) {
	sh := s.flow.shard
	s.flow.alive()
	s.unproven = false
	if at.Stamped {
		sh.stamped++
		sh.recorder.Delay(s.series, at.Delay)
		sh.still.unread = max(sh.still.unread, at.Delay)
	} else {
		sh.bare++
		sh.recorder.Unstamped(s.series)
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

// Broken tells the client, or tries the next address.
func (s *session) Broken(err error, at sample.Instant) {
	if s.state != connecting {
		class, text := Cause(err, s.phase(err))
		s.lose(class, s.spokenTo(err, text), at)
		return
	}
	exhausted := Exhausted(err)
	if !exhausted && s.connectElsewhere() {
		return
	}
	class, text := Cause(err, sample.Connect)
	if !exhausted { // which says nothing of the target
		s.flow.unreached(class)
	}
	s.unconnected(class, text)
}

// phase is where a connection broke. Under TLS 1.3 a server looks at the
// client's certificate, or the lack of one, when the client is done with the
// handshake: an alert before anything else is its end of that (RFC 8446,
// section 4.4.2.4).
func (s *session) phase(err error) sample.Phase {
	if s.unproven && IsAlert(err) {
		return sample.TLS
	}
	return s.client.Awaiting()
}

// lose ends a session whose connection is of no use any more.
func (s *session) lose(class sample.Class, text string, at sample.Instant) {
	s.client.Lost(class, text, at)
	s.state = talking
	s.pump()
}

// unconnected ends a session that never had a connection.
func (s *session) unconnected(class sample.Class, text string) {
	s.flow.shard.recorder.Failure(s.series, &sample.Failure{Phase: sample.Connect, Class: class, Text: text})
	s.end()
}

var _ netdrive.Handler = (*session)(nil)
