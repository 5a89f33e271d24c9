package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// pump takes the session as far as it can go without waiting.
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

// await limits the wait for the next reply. It is called only if the session has
// made progress, so that a server cannot extend the limit by sending one byte at a
// time.
func (s *session) await() {
	limit := s.flow.flow.Timeouts.command()
	switch s.client.Awaiting() {
	case sample.Body:
		limit = s.flow.flow.Timeouts.body()
	case sample.Quit:
		limit = min(limit, quitLimit)
	}
	s.limit(limit)
}

// quitLimit bounds the wait for the reply to QUIT. All messages are done by then, so
// that a server that never replies would only stretch the run.
const quitLimit = 5 * time.Second

// flush writes what the client has to send, and tells whether any of it has left.
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

// proceed makes a client that is ready send its next message or QUIT. It returns
// false if the session has to wait first.
func (s *session) proceed() bool {
	f := s.flow
	f.shard.timers.set(s, never)
	limit := f.flow.Session.Messages
	switch {
	case limit > 0 && s.sent >= limit, f.stage == sample.Drain && !f.load.hasMore(s):
		s.quit()
		return true
	case s.pauseDue && f.stage != sample.Drain:
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

// pause returns how long the session waits before its next message. That is the
// think time. It is not 0 after a message of which nothing was sent, for example
// because it is over the SIZE offered: the loop would do nothing else.
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
	f.source.Render(uint64(f.load.messageNumber(s, series.Stage)), wall.Time(), s.tx)
	s.wrote, s.own, s.replied, s.finished = false, 0, 0, false
	s.expected, s.unexpected = false, false
	s.client.Send(s.tx)
}
