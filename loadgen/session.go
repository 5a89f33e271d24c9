package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A session connects a netdrive.Conn with the smtpwire.Client that speaks on it. It
// passes bytes and times from one to the other, and records the client's events. It
// is the connection's Handler.
type session struct {
	client smtpwire.Client
	flow   *flowRun
	conn   netdrive.Conn
	state  sessionState

	number    int64          // of the session, by which its account and addresses are chosen
	turn      int64          // number of the arrival that it was given, under open load
	series    sample.Series  // of the session
	arrival   sample.Series  // of the arrival that it was given, under open load
	message   sample.Series  // of the message under way
	began     sample.Instant // when the first connect began
	connectBy time.Duration  // when connecting has taken too long
	arrived   sample.Instant // when its arrival was due, under open load
	due       sample.Instant // when its message was due, under open load
	lastEnd   sample.Instant // when the last message ended
	sent      int            // messages that have ended
	target    int            // index in the flow's targets of the one it connects to
	tried     int            // how many targets before that did not answer
	triedAt   time.Duration  // when it began to connect to this one
	streak    int            // sessions in a row without an accepted message
	tx        *smtpwire.Transaction
	own       time.Duration  // the generator's part of the message's time
	finished  bool           // the message's body is answered
	replied   sample.Instant // when the last reply within the message came; 0 when it is answered

	promised             bool // the session was given a message that has not begun
	worked               bool // a message was accepted
	expected, unexpected bool // how the message under way failed, so far
	completed            bool // QUIT was answered
	canceled             bool // the generator cut it off
	pauseDue             bool // a message has ended, and its think time is still to come
	wrote                bool // something was written since the last message ended
	blocked              bool // the socket takes nothing more
	greeted              bool // the server has greeted it, and it is open
	unproven             bool // our side of the TLS handshake is done, and nothing has arrived since
	secured              bool // the TLS handshake is done

	liveIndex int           // in flow.live
	heapIndex int           // in the timers; -1 if it has none
	heapKey   time.Duration // by which the timers are sorted
	wakeAt    time.Duration // when to wake the session

	idle          bool
	before, after *session // in the idle list
}

type sessionState uint8

const (
	asleep     sessionState = iota // has no connection yet
	connecting                     // waiting for the connection
	talking                        // the client decides what is next
	shaking                        // in the TLS handshake
	thinking                       // between two messages
)

// sleep makes the session wait until a time before it dials.
func (s *session) sleep(at time.Duration) {
	s.state = asleep
	s.flow.shard.timers.set(s, at)
}

// dial begins the session.
func (s *session) dial(series sample.Series) {
	f := s.flow
	s.number = f.load.sessionNumber(s)
	began, now := f.shard.driver.Now()
	s.series, s.sent, s.target, s.tried = series, 0, f.targets.first(s.number, now), 0
	s.worked, s.completed, s.canceled, s.pauseDue, s.blocked, s.promised, s.unproven, s.secured = false, false, false, false, false, false, false, false
	var account *smtpwire.Credentials
	if a := f.flow.Session.Accounts; len(a) > 0 {
		account = &a[s.number%int64(len(a))]
	}
	s.client.Start(f.optionsFor(s.destination()), account)
	f.noteOpened()
	f.shard.recorder.Session(series, sample.SessionStarted)
	s.began, s.connectBy = began, now+f.flow.Timeouts.connect()
	s.connect()
}

// connect begins to connect. All addresses of the target share one time limit:
// each has an even part of what those before it have left.
func (s *session) connect() {
	f := s.flow
	to := s.destination()
	addr := to.Addr
	addr.Source = f.targets.source(s.target, s.number)
	addr.Plain = f.wireOptions.TLS == sample.TLSNone
	s.state = connecting
	_, s.triedAt = f.shard.driver.Recent()
	s.visits().Started++
	s.limit((s.connectBy - s.triedAt) / time.Duration(len(f.targets.all)-s.tried))
	s.conn = f.shard.driver.Dial(addr, s)
}

// connectElsewhere tries the next address of the target (RFC 5321, section 5.1),
// and tells whether there was one.
func (s *session) connectElsewhere() bool {
	f := s.flow
	_, now := f.shard.driver.Recent()
	f.targets.failed(s.target, s.triedAt, now)
	if s.tried++; s.tried >= len(f.targets.all) {
		return false
	}
	next, ok := f.targets.next(s.target, s.connectBy-f.flow.Timeouts.connect(), now)
	if ok {
		s.conn.Close()
		s.target = next
		s.connect()
	}
	return ok
}

// destination returns the address that the session connects to.
func (s *session) destination() *destination { return &s.flow.targets.all[s.target] }

// visits returns the counts of that address, of the session's stage.
func (s *session) visits() *sample.Visits { return &s.destination().visits[s.series.Stage] }

// noteUnreached notes that the address took no connection.
func (s *session) noteUnreached(class sample.Class, text string) {
	v := s.visits()
	if v.Unreached++; v.Why == "" {
		v.Why = class.String() + ": " + text
	}
}

// limit wakes the session after d, unless another limit is set before.
func (s *session) limit(d time.Duration) {
	_, now := s.flow.shard.driver.Recent()
	s.flow.shard.timers.set(s, now+d)
}

// wake is called when the time that was set by sleep or limit has come.
func (s *session) wake() {
	wall, _ := s.flow.shard.driver.Recent()
	switch s.state {
	case asleep:
		s.flow.load.wake(s)
	case thinking:
		s.state, s.pauseDue = talking, false
		s.pump()
	case connecting:
		s.noteUnreached(sample.ConnectTimeout, "no answer")
		if !s.connectElsewhere() {
			s.flow.noteUnreached(sample.ConnectTimeout)
			s.failUnconnected(sample.ConnectTimeout, "no answer within "+seconds(s.flow.flow.Timeouts.connect()))
		}
	default:
		s.lose(sample.Timeout, s.timeoutReason(), wall)
	}
}

// endLoad is called for every session when the load ends.
func (s *session) endLoad() {
	switch {
	case s.state == asleep:
		s.flow.retire(s)
	case s.state == thinking:
		s.state, s.pauseDue = talking, false
		s.pump()
	case s.idle:
		s.flow.idle.remove(s)
		s.pump()
	}
}

// cancel ends the session at once.
func (s *session) cancel(why string) {
	s.canceled = true
	switch s.state {
	case asleep:
		s.flow.retire(s)
	case connecting:
		s.noteUnreached(sample.Canceled, why)
		s.failUnconnected(sample.Canceled, why)
	default:
		wall, _ := s.flow.shard.driver.Recent()
		s.lose(sample.Canceled, why, wall)
	}
}

// end closes the connection and records how the session ended.
func (s *session) end() {
	f := s.flow
	if s.state != connecting {
		f.up--
		if !s.completed && !s.canceled {
			s.visits().Failed++
		}
	}
	s.conn.Close()
	s.conn, s.state = nil, asleep
	f.idle.remove(s)
	f.totals.open--
	s.welcome(false)
	f.shard.timers.set(s, never)
	outcome := sample.SessionFailed
	switch {
	case s.completed:
		outcome = sample.SessionCompleted
	case s.canceled:
		outcome = sample.SessionCanceled
	}
	if s.promised && (f.stage != sample.Drain || f.flow.Load.Open()) {
		f.shard.recorder.Message(s.series, sample.Failed, f.stage, 0, 0)
		f.load.messageEnded(s.series)
	}
	s.promised = false
	f.shard.recorder.Session(s.series, outcome)
	f.load.finished(s)
}
