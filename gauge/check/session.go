package check

import (
	"cmp"
	"context"
	"crypto/tls"
	"math"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// A session makes one walk. It is the Handler of its connection.
type session struct {
	flow   *loadgen.Flow
	limits loadgen.Timeouts
	source *mail.Source // of the envelopes to try
	trial  trial
	driver netdrive.Driver
	wire   smtpwire.Options
	client smtpwire.Client
	conn   netdrive.Conn
	addrs  []netdrive.Addr
	walk   *Walk
	state  state
	tx     smtpwire.Transaction
	other  otherMode
	held   func()               // called when the session is greeted; it is then held open; nil for an ordinary walk
	until  context.Context      // ends the holding; nil if held is
	seen   *tls.ConnectionState // of the handshake, once it is verified

	patience  time.Duration // how long the walk lasts at most
	endAt     time.Duration // when that is over
	limitAt   time.Duration // of the wait under way
	limit     time.Duration // the same, as the flow has it
	connectBy time.Duration // when connecting has taken too long
	to        int           // index in addrs of the address that it connects to
	secured   bool
	refused   bool // the last envelope was refused for good
}

type state uint8

const (
	connecting state = iota
	talking
	shaking
	holding // greeted, and idle until the session is released
	leaving // QUIT is answered, and the server has not closed the connection yet
	over
)

// never is a time that no walk reaches.
const never = time.Duration(math.MaxInt64)

// converse makes a walk from connect to QUIT.
func converse(ctx context.Context, p *loadgen.Plan, f *loadgen.Flow, o Options, addrs []netdrive.Addr, source *mail.Source, t trial, w *Walk) error {
	s := &session{
		flow: f, limits: f.Timeouts.Resolved(), source: source, trial: t, addrs: addrs, walk: w,
		driver: netdrive.NewPortable(time.Now(), o.Dial), wire: f.Session.Wire, patience: cmp.Or(o.patience, Patience),
	}
	s.wire.Capture, s.wire.Secrets = true, p.Secrets()
	var account *smtpwire.Credentials
	if len(f.Session.Accounts) > 0 {
		account = &f.Session.Accounts[0]
	}
	s.client.Start(&s.wire, account)
	release := context.AfterFunc(ctx, s.driver.Wake)
	defer release()
	s.run(ctx)
	if w.OtherMode && s.other.plain && ctx.Err() == nil {
		w.OtherOffer = offerInClear(ctx, f, o, s.addrs[s.to])
	}
	return ctx.Err()
}

// offerInClear returns what the server at an address offers to EHLO in the clear.
func offerInClear(ctx context.Context, f *loadgen.Flow, o Options, addr netdrive.Addr) []string {
	s := &session{
		flow: f, limits: f.Timeouts.Resolved(), trial: noEnvelope, addrs: []netdrive.Addr{addr}, walk: &Walk{again: true},
		driver: netdrive.NewPortable(time.Now(), o.Dial), patience: 2 * silence,
		wire: smtpwire.Options{Name: f.Session.Wire.Name, LMTP: f.Session.Wire.LMTP, Capture: true},
	}
	s.client.Start(&s.wire, nil)
	release := context.AfterFunc(ctx, s.driver.Wake)
	defer release()
	s.run(ctx)
	return s.walk.Hello.Clear
}

// run makes the walk until it is over or ctx is done.
func (s *session) run(ctx context.Context) {
	_, now := s.driver.Now()
	s.endAt, s.connectBy = now+s.patience, now+s.limits.Connect
	s.connect()
	for s.state != over && ctx.Err() == nil {
		_, now := s.driver.Now()
		switch {
		case s.state == holding && s.until.Err() != nil:
			s.release()
		case now >= s.limitAt:
			s.timeOut()
		case now >= s.other.dueAt():
			s.lookAside()
		default:
			s.driver.Wait(min(s.limitAt, s.other.dueAt()), never)
		}
	}
	s.conn.Close()
	s.other.close()
	_ = s.driver.Close() // a portable driver returns no error
	s.walk.TLS = s.seen
	if hello := s.client.Hello(); hello != nil {
		s.walk.Hello = *hello
	}
}

// connect begins to connect. The addresses share the limit as in the load: each has an
// even part of what those before it have left.
func (s *session) connect() {
	addr := s.addrs[s.to]
	for _, source := range s.flow.Target.Sources {
		if addr.Path == "" && source.Is4() == addr.TCP.Addr().Is4() {
			addr.Source = source
			break
		}
	}
	s.state = connecting
	_, now := s.driver.Recent()
	s.wait((s.connectBy - now) / time.Duration(len(s.addrs)-s.to))
	s.conn = s.driver.Dial(addr, s)
}

// connectElsewhere goes on with the next address. If there is none, the walk is over.
func (s *session) connectElsewhere(class sample.Class, text string, err error) {
	s.walk.Unreached = append(s.walk.Unreached, Unreached{s.addrs[s.to].String(), class, text})
	if s.to++; s.to < len(s.addrs) && !loadgen.Exhausted(err) {
		s.conn.Close()
		s.connect()
		return
	}
	s.walk.Failure, s.walk.Err = &sample.Failure{Phase: sample.Connect, Class: class, Text: text}, err
	s.state = over
}

// wait limits the wait that begins now.
func (s *session) wait(limit time.Duration) {
	_, now := s.driver.Recent()
	s.limit = limit
	s.limitAt = min(now+limit, s.endAt)
}

func (s *session) timeOut() {
	wall, now := s.driver.Recent()
	if s.state == leaving {
		s.state = over
		return
	}
	if s.state == connecting && now < s.endAt {
		s.connectElsewhere(sample.ConnectTimeout, "no answer within "+human.Exact(s.limits.Connect), nil)
		return
	}
	waited := s.limit
	if s.walk.Hurried = now >= s.endAt; s.walk.Hurried {
		waited = s.patience
	}
	text := "no answer within " + human.Exact(waited)
	if s.state == connecting {
		s.connectElsewhere(sample.ConnectTimeout, text, nil)
		s.state = over
		return
	}
	s.lose(sample.Timeout, text, nil, wall)
}

// lose ends a session whose connection broke, or which took too long.
func (s *session) lose(class sample.Class, text string, err error, at sample.Instant) {
	s.walk.Err = err
	s.client.Lost(class, text, at)
	s.pump()
}

// Connected begins the dialogue.
func (s *session) Connected(at sample.Instant, took time.Duration) {
	s.walk.at, s.walk.Address = s.addrs[s.to], s.addrs[s.to].String()
	s.note(sample.Connect, took)
	s.state = talking
	if !s.walk.again {
		s.other.begin(s)
	}
	s.client.Established(at)
	s.wait(s.limits.Command)
	s.pump()
}

// Secured goes on after the handshake.
func (s *session) Secured(from, to sample.Instant) {
	s.state, s.secured = talking, true
	s.note(sample.TLS, to.Sub(from))
	s.other.end()
	s.client.Secured()
	s.client.Established(to)
	s.wait(s.limits.Command)
	s.pump()
}

// Received gives octets to the client.
func (s *session) Received(p []byte, at netdrive.Arrival) {
	s.other.end()
	s.client.Receive(p, at.At)
	s.pump()
}

// Writable writes what is left to write.
func (s *session) Writable() { s.pump() }

// Broken tries the next address, or ends the walk.
func (s *session) Broken(err error, at sample.Instant) {
	if s.state == connecting {
		class, text := loadgen.Cause(err, sample.Connect)
		s.connectElsewhere(class, text, err)
		return
	}
	if s.state == leaving {
		s.state = over
		return
	}
	phase := s.client.Awaiting()
	if s.secured && loadgen.IsAlert(err) && phase != sample.SpanSession {
		phase = sample.TLS // under TLS 1.3 a certificate of the client is judged late
	}
	class, text := loadgen.Cause(err, phase)
	if s.state == shaking && s.other.isPlain(err) {
		s.walk.OtherMode = true
	}
	s.lose(class, text, err, at)
}

// pump goes on as far as it can without waiting.
func (s *session) pump() {
	for s.state != over {
		s.take(s.client.Events())
		switch s.client.State() {
		case smtpwire.Ended:
			s.leave()
			return
		case smtpwire.Handshake:
			if s.state == shaking {
				return
			}
			s.state = shaking
			s.wait(s.limits.TLS)
			s.conn.StartTLS(s.watched())
			return
		case smtpwire.Ready:
			if s.state == holding {
				return
			}
			s.proceed()
		case smtpwire.Waiting:
			if !s.write() {
				return
			}
		}
	}
}

// write writes what is pending, and tells whether any of it left. Then the wait for
// the reply begins.
func (s *session) write() bool {
	pending := s.client.Pending()
	if len(pending) == 0 {
		return false
	}
	n, at := s.conn.Write(pending)
	if n == 0 {
		return false
	}
	s.client.Sent(n, at)
	s.wait(s.limits.Command)
	return true
}

// farewell is how long a server may take to close the connection after QUIT. Until then
// it may count the session among those of this client.
const farewell = 300 * time.Millisecond

// leave ends the walk, after the server has closed the connection if QUIT was answered.
func (s *session) leave() {
	if s.walk.Failure != nil || s.state == leaving {
		s.state = over
		return
	}
	s.state = leaving
	_, now := s.driver.Recent()
	s.limitAt = now + farewell
}

// release ends a session that was held.
func (s *session) release() {
	s.state = talking
	_, now := s.driver.Recent()
	s.endAt = now + silence
	s.client.Quit()
	s.pump()
}

// note adds a step.
func (s *session) note(p sample.Phase, took time.Duration) {
	s.walk.Steps = append(s.walk.Steps, Step{Phase: p, Secure: s.secured, Took: max(0, took)})
}

// take takes the client's events.
func (s *session) take(events []smtpwire.Event) {
	ended := s.client.State() == smtpwire.Ended
	for i := range events {
		e := &events[i]
		switch e.Kind {
		case smtpwire.Timed:
			if !e.Phase.IsSpan() {
				s.note(e.Phase, e.End.Sub(e.Start))
			}
		case smtpwire.FailedEvent:
			f := e.Failure
			f.Text, f.Quote = f.Example(), nil
			if f.Phase == sample.Mail || f.Phase == sample.Rcpt || f.Phase == sample.Data || f.Phase == sample.Body {
				s.walk.Refusals = append(s.walk.Refusals, f)
				s.refused = f.Code >= 500
			}
			if ended && f.Phase != sample.Quit {
				s.walk.Failure = &f
			}
		case smtpwire.MessageEnded:
			if e.Outcome == sample.Accepted {
				s.walk.Accepted++
				s.refused = false
			}
		case smtpwire.SessionQuit:
			s.walk.Failure = nil
		}
	}
}

// watched returns the flow's TLS configuration, which notes how a handshake went.
func (s *session) watched() *tls.Config {
	c := s.flow.Target.TLS.Clone()
	verify := c.VerifyConnection
	c.VerifyConnection = func(state tls.ConnectionState) error {
		s.seen = &state // before Secured, which the driver calls after the handshake
		if verify == nil {
			return nil
		}
		return verify(state)
	}
	return c
}

var _ netdrive.Handler = (*session)(nil)
