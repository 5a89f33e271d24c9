package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A session joins a connection to the state machine that speaks on it: bytes
// and times go from one to the other, and what comes out is recorded. It is
// netdrive's Handler.
type session struct {
	client smtpwire.Client
	flow   *flowRun
	conn   netdrive.Conn
	state  sessionState

	number  int64            // among all sessions of the flow
	series  Series           // of the session
	arrival Series           // of the arrival it was given, under open load
	message Series           // of the message under way
	began   smtpwire.Instant // the first connect
	arrived smtpwire.Instant // when its arrival was due, under open load
	due     smtpwire.Instant // when its message was due, under open load
	lastEnd smtpwire.Instant // of the last message
	sent    int              // messages ended
	tried   int              // addresses tried
	streak  int              // sessions that failed in a row
	tx      *smtpwire.Transaction
	own     time.Duration    // the generator's part of the message's time
	replied smtpwire.Instant // the last reply within the message, until it is answered

	owes      bool // a message is attempted by this session and has not begun
	worked    bool // a message was accepted
	completed bool // QUIT was answered
	rest      bool // a message has ended, and the think time is not over
	wrote     bool // since the last message ended
	blocked   bool // the socket takes nothing more

	liveAt  int           // index in flow.live
	heapAt  int           // index in the timers, -1 when not there
	heapKey time.Duration // what it is sorted by there
	wakeAt  time.Duration // when to wake it

	idle          bool
	before, after *session // in the idle list
}

type sessionState uint8

const (
	asleep     sessionState = iota // has no connection yet
	connecting                     // waiting for the connection
	talking                        // the client says what is next
	shaking                        // TLS handshake
	thinking                       // between two messages
)

// sleep lets the session dial at a time.
func (s *session) sleep(at time.Duration) {
	s.state = asleep
	s.flow.shard.timers.set(s, at)
}

// dial begins the session.
func (s *session) dial(series Series) {
	f := s.flow
	s.number = f.shard.global(f.totals.sessions)
	f.totals.sessions++
	s.series, s.sent, s.tried = series, 0, 0
	s.worked, s.completed, s.rest, s.blocked, s.owes = false, false, false, false, false
	var account *smtpwire.Credentials
	if a := f.flow.Session.Accounts; len(a) > 0 {
		account = &a[s.number%int64(len(a))]
	}
	s.client.Start(&f.flow.Session.Wire, account)
	f.opened()
	f.shard.recorder.Session(series, SessionStarted)
	s.began, _ = f.shard.driver.Now()
	s.connect()
}

func (s *session) connect() {
	f := s.flow
	addr := f.targets[(f.prefer+s.tried)%len(f.targets)]
	if from := f.flow.Target.Sources; len(from) > 0 {
		addr.Source = from[s.number%int64(len(from))]
	}
	s.state = connecting
	s.limit(f.flow.Timeouts.connect())
	s.conn = f.shard.driver.Dial(addr, s)
}

// limit sets when the session loses patience.
func (s *session) limit(d time.Duration) {
	_, now := s.flow.shard.driver.Recent()
	s.flow.shard.timers.set(s, now+d)
}

// Connected takes the connection up.
func (s *session) Connected(at smtpwire.Instant, took time.Duration) {
	f := s.flow
	f.prefer = (f.prefer + s.tried) % len(f.targets)
	f.up++
	f.alive()
	f.shard.recorder.Service(s.series, smtpwire.Connect, took)
	s.state = talking
	s.client.Established(at)
	s.limit(f.flow.Timeouts.command())
	s.pump()
}

// Secured goes on after the handshake.
func (s *session) Secured(from, to smtpwire.Instant) {
	s.flow.shard.recorder.Service(s.series, smtpwire.TLS, max(0, to.Sub(from)))
	s.state = talking
	s.client.Secured() // first: then an implicit session awaits the banner that Established begins
	s.client.Established(to)
	s.limit(s.flow.flow.Timeouts.command())
	s.pump()
}

// Received hands bytes to the client.
func (s *session) Received(p []byte, at netdrive.Arrival) {
	sh := s.flow.shard
	s.flow.alive()
	if at.Stamped {
		sh.stamped++
		sh.recorder.Delay(s.series, at.Delay)
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
func (s *session) Broken(err error, at smtpwire.Instant) {
	if s.state != connecting {
		class, text := netdrive.Cause(err, s.client.Awaiting())
		s.lose(class, text, at)
		return
	}
	class, text := netdrive.Cause(err, smtpwire.Connect)
	s.tried++
	if class != smtpwire.LocalLimit && s.tried < len(s.flow.targets) {
		s.conn.Close()
		s.connect()
		return
	}
	s.unconnected(class, text)
}

// lose ends a session whose connection is of no use any more.
func (s *session) lose(class smtpwire.Class, text string, at smtpwire.Instant) {
	s.client.Lost(class, text, at)
	s.state = talking
	s.pump()
}

// unconnected ends a session that never had a connection.
func (s *session) unconnected(class smtpwire.Class, text string) {
	f := s.flow
	if class != smtpwire.LocalLimit && class != smtpwire.Canceled {
		f.failures++
		f.failedClass = class
	}
	f.shard.recorder.Failure(s.series, &smtpwire.Failure{Phase: smtpwire.Connect, Class: class, Text: text})
	s.end()
}

// wake is called when the session's time has come.
func (s *session) wake() {
	wall, _ := s.flow.shard.driver.Recent()
	switch s.state {
	case asleep:
		s.flow.load.wake(s)
	case thinking:
		s.state, s.rest = talking, false
		s.pump()
	case connecting:
		s.unconnected(smtpwire.ConnectTimeout, "no answer within "+s.flow.flow.Timeouts.connect().String())
	default:
		s.lose(smtpwire.Timeout, "no reply within the limit", wall)
	}
}

// loadEnded is told to every session when the load ends.
func (s *session) loadEnded() {
	switch {
	case s.state == asleep:
		s.flow.retire(s)
	case s.state == thinking:
		s.state, s.rest = talking, false
		s.pump()
	case s.idle:
		s.flow.idle.remove(s)
		s.pump()
	}
}

// cancel breaks the session off.
func (s *session) cancel(why string) {
	switch s.state {
	case asleep:
		s.flow.retire(s)
	case connecting:
		s.unconnected(smtpwire.Canceled, why)
	default:
		wall, _ := s.flow.shard.driver.Recent()
		s.lose(smtpwire.Canceled, why, wall)
	}
}

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
			return
		}
	}
}

// await limits the wait for the next reply. It is called on progress only, so
// that a server cannot stretch the limit by sending a byte at a time.
func (s *session) await() {
	limit := s.flow.flow.Timeouts.command()
	if s.client.Awaiting() == smtpwire.Body {
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
		n, at, err := s.conn.Write(bufs)
		if err != nil {
			class, text := netdrive.Cause(err, s.client.Awaiting())
			s.lose(class, text, at)
			return false
		}
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
	case limit > 0 && s.sent >= limit, f.stage == Drain && !f.load.more(s):
		s.quit()
		return true
	case s.rest && f.stage != Drain:
		s.state = thinking
		s.limit(s.pause())
		return false
	}
	f.load.message(s)
	return !s.idle
}

// quit begins the end of the session.
func (s *session) quit() {
	s.conn.Single()
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
func (s *session) send(series Series) {
	f := s.flow
	s.message = series
	s.tx = f.shard.transaction()
	wall, _ := f.shard.driver.Recent()
	f.source.Render(uint64(f.shard.global(f.totals.messages)), wall.Time(), s.tx)
	f.totals.messages++
	s.wrote, s.own, s.replied = false, 0, 0
	s.client.Send(s.tx)
}

// report records what the client has to tell, and says whether that was
// anything.
func (s *session) report() bool {
	events := s.client.Events()
	for i := range events {
		s.record(&events[i])
	}
	return len(events) > 0
}

func (s *session) record(e *smtpwire.Event) {
	r := s.flow.shard.recorder
	switch e.Kind {
	case smtpwire.Timed:
		series := s.seriesOf(e.Phase)
		r.Service(series, e.Phase, e.End.Sub(e.Start))
		if e.Phase == smtpwire.SpanMessage {
			r.Own(series, s.own)
		}
		if e.Phase == smtpwire.SpanMessage && s.flow.flow.Load.Open() {
			r.Response(series, smtpwire.SpanMessage, max(0, e.End.Sub(s.due)))
		}
	case smtpwire.FailedEvent:
		r.Failure(s.seriesOf(e.Failure.Phase), &e.Failure)
	case smtpwire.MessageEnded:
		s.messageEnded(e)
	case smtpwire.SessionQuit:
		s.completed = true
		r.Service(s.series, smtpwire.SpanSession, max(0, e.End.Sub(s.began)))
		if l := &s.flow.flow.Load; l.Open() && l.Unit == Sessions {
			r.Response(s.series, smtpwire.SpanSession, max(0, e.End.Sub(s.arrived)))
		}
	}
}

func (s *session) messageEnded(e *smtpwire.Event) {
	f := s.flow
	f.shard.recorder.Message(s.message, e.Outcome, f.stage, e.Accepted, e.Rejected)
	f.shard.release(s.tx)
	s.tx = nil
	s.sent++
	s.worked = s.worked || e.Outcome == smtpwire.Accepted
	s.rest = f.flow.Session.Think > 0 || !s.wrote
	s.lastEnd, _ = f.shard.driver.Recent()
	f.load.messageEnded(s.message)
}

// seriesOf is where a phase is counted: the session's phases by when the
// session began, the message's by when that did.
func (s *session) seriesOf(p smtpwire.Phase) Series {
	switch p {
	case smtpwire.Mail, smtpwire.Rcpt, smtpwire.Data, smtpwire.Body, smtpwire.Rset, smtpwire.SpanMessage:
		return s.message
	}
	return s.series
}

// end closes the connection and says what became of the session.
func (s *session) end() {
	f := s.flow
	if s.state != connecting {
		f.up--
	}
	s.conn.Close()
	s.conn, s.state = nil, asleep
	f.idle.remove(s)
	f.totals.open--
	f.shard.timers.set(s, never)
	outcome := SessionFailed
	if s.completed {
		outcome = SessionCompleted
	}
	if s.owes && (f.stage != Drain || f.flow.Load.Open()) {
		f.shard.recorder.Message(s.series, smtpwire.Failed, f.stage, 0, 0)
		f.load.messageEnded(s.series)
	}
	s.owes = false
	f.shard.recorder.Session(s.series, outcome)
	f.load.finished(s)
}

var _ netdrive.Handler = (*session)(nil)
