package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
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

	number    int64          // among all sessions of the flow
	series    sample.Series  // of the session
	arrival   sample.Series  // of the arrival it was given, under open load
	message   sample.Series  // of the message under way
	began     sample.Instant // the first connect
	connectBy time.Duration  // the end of the patience with connecting
	arrived   sample.Instant // when its arrival was due, under open load
	due       sample.Instant // when its message was due, under open load
	lastEnd   sample.Instant // of the last message
	sent      int            // messages ended
	target    int            // of the flow's targets, the one it is or was connected to
	tried     int            // of those before, how many did not answer
	streak    int            // sessions that failed in a row
	tx        *smtpwire.Transaction
	own       time.Duration  // the generator's part of the message's time
	replied   sample.Instant // the last reply within the message, until it is answered

	owes      bool // a message is attempted by this session and has not begun
	worked    bool // a message was accepted
	completed bool // QUIT was answered
	rest      bool // a message has ended, and the think time is not over
	wrote     bool // since the last message ended
	blocked   bool // the socket takes nothing more
	unproven  bool // our side of the TLS handshake is done, and nothing has come since

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
func (s *session) dial(series sample.Series) {
	f := s.flow
	s.number = f.shard.global(f.totals.sessions)
	f.totals.sessions++
	s.series, s.sent, s.target, s.tried = series, 0, f.prefer, 0
	s.worked, s.completed, s.rest, s.blocked, s.owes, s.unproven = false, false, false, false, false, false
	var account *smtpwire.Credentials
	if a := f.flow.Session.Accounts; len(a) > 0 {
		account = &a[s.number%int64(len(a))]
	}
	s.client.Start(f.wire(&f.targets[s.target]), account)
	f.opened()
	f.shard.recorder.Session(series, sample.SessionStarted)
	began, now := f.shard.driver.Now()
	s.began, s.connectBy = began, now+f.flow.Timeouts.connect()
	s.connect()
}

// connect begins to connect. The limit is one for all addresses of the target:
// each has an even share of what those before it have left.
func (s *session) connect() {
	f := s.flow
	to := &f.targets[s.target]
	addr := to.Addr
	if n := int64(len(to.sources)); n > 0 {
		addr.Source = to.sources[s.number%n]
	}
	s.state = connecting
	_, now := f.shard.driver.Recent()
	s.limit((s.connectBy - now) / time.Duration(len(f.targets)-s.tried))
	s.conn = f.shard.driver.Dial(addr, s)
}

// connectElsewhere goes on to the next address of the target, as RFC 5321 has it
// in section 5.1, and tells whether there was one.
func (s *session) connectElsewhere() bool {
	if s.tried++; s.tried >= len(s.flow.targets) {
		return false
	}
	s.conn.Close()
	s.target = (s.target + 1) % len(s.flow.targets)
	s.connect()
	return true
}

// limit sets when the session loses patience.
func (s *session) limit(d time.Duration) {
	_, now := s.flow.shard.driver.Recent()
	s.flow.shard.timers.set(s, now+d)
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
		if !s.connectElsewhere() {
			s.flow.unreached(sample.ConnectTimeout)
			s.unconnected(sample.ConnectTimeout, "no answer within "+s.flow.flow.Timeouts.connect().String())
		}
	default:
		s.lose(sample.Timeout, s.late(), wall)
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
		s.unconnected(sample.Canceled, why)
	default:
		wall, _ := s.flow.shard.driver.Recent()
		s.lose(sample.Canceled, why, wall)
	}
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
	outcome := sample.SessionFailed
	if s.completed {
		outcome = sample.SessionCompleted
	}
	if s.owes && (f.stage != sample.Drain || f.flow.Load.Open()) {
		f.shard.recorder.Message(s.series, sample.Failed, f.stage, 0, 0)
		f.load.messageEnded(s.series)
	}
	s.owes = false
	f.shard.recorder.Session(s.series, outcome)
	f.load.finished(s)
}
