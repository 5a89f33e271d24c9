package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// pump goes on as far as can be gone without waiting.
func (s *session) pump() {
	progress := false
	for {
		progress = s.report() || progress
		switch s.client.State() {
		case smtpwire.Ended:
			s.end()
			return
		case smtpwire.Handshake:
			if s.state != shaking {
				s.state = shaking
				s.limit(s.flow.flow.Timeouts.tls())
				s.conn.StartTLS(s.flow.tls)
			}
			return
		case smtpwire.Ready:
			if s.idle || s.state == thinking || !s.proceed() {
				return
			}
		case smtpwire.Waiting:
			if (s.flush() || progress) && s.state == talking {
				s.await()
			}
			if s.client.State() == smtpwire.Waiting {
				return
			}
		}
	}
}

// await limits the wait for the next reply. It is called on progress only, so
// that a server cannot stretch the limit by sending a byte at a time.
func (s *session) await() {
	limit := s.flow.flow.Timeouts.command()
	if s.client.Awaiting() == sample.Body {
		limit = s.flow.flow.Timeouts.body()
	}
	s.limit(limit)
}

// flush writes what the client has to say, and tells whether any of it left.
func (s *session) flush() bool {
	left := false
	for !s.blocked {
		bufs := s.client.Pending()
		if len(bufs) == 0 {
			return left
		}
		n, at := s.conn.Write(bufs)
		if n == 0 {
			s.blocked = true
			return left
		}
		if s.replied != 0 {
			s.own += max(0, at.Sub(s.replied))
			s.replied = 0
		}
		s.client.Sent(n, at)
		s.wrote, left = true, true
	}
	return left
}

// proceed says what a client that is ready does next: the next message, QUIT,
// or nothing for now; it returns false for the latter.
func (s *session) proceed() bool {
	f := s.flow
	f.shard.timers.set(s, never)
	limit := f.flow.Session.Messages
	switch {
	case limit > 0 && s.sent >= limit, f.stage == sample.Drain && !f.load.more(s):
		s.quit()
		return true
	case s.rest && f.stage != sample.Drain:
		s.state = thinking
		s.limit(s.pause())
		return false
	}
	f.load.message(s)
	return !s.idle
}

// quit begins the end of the session.
func (s *session) quit() {
	s.conn.ReadRecords()
	s.client.Quit()
}

// pause is the think time. A message that ended without a byte being sent (too
// big for the SIZE offered, say) must not be followed by the next at once, or
// the loop would never get to anything else.
func (s *session) pause() time.Duration {
	think := s.flow.flow.Session.Think
	if !s.wrote {
		think = max(think, time.Millisecond)
	}
	return think
}

// send begins a message.
func (s *session) send(series sample.Series) {
	f := s.flow
	s.message = series
	s.tx = f.shard.transaction()
	s.tx.SevenBit = s.client.SevenBit()
	wall, _ := f.shard.driver.Recent()
	f.source.Render(uint64(f.shard.global(f.totals.messages)), wall.Time(), s.tx)
	f.totals.messages++
	s.wrote, s.own, s.replied = false, 0, 0
	s.client.Send(s.tx)
}
