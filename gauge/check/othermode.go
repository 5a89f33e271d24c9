package check

import (
	"crypto/tls"
	"errors"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// silence is how long a server may say nothing at the beginning of a session before a
// second connection finds out whether it speaks the other mode: TLS from the start, or
// SMTP in the clear.
const silence = time.Second

// An otherMode is that second connection. It is its Handler.
type otherMode struct {
	session *session
	due     time.Duration // when it is opened; 0 if it is not needed
	conn    netdrive.Conn
	plain   bool // it reads a banner; otherwise it says hello in TLS
}

// begin makes the second connection due, unless end is called before.
func (m *otherMode) begin(s *session) {
	if m.session != nil {
		return
	}
	m.session, m.plain = s, s.wire.TLS == sample.TLSImplicit
	if s.addrs[s.to].Path == "" {
		_, now := s.driver.Recent()
		m.due = now + silence
	}
}

// end is called when the server has spoken as it should.
func (m *otherMode) end() {
	m.due = 0
	m.close()
}

func (m *otherMode) close() {
	if m.conn != nil {
		m.conn.Close()
		m.conn = nil
	}
}

func (m *otherMode) dueAt() time.Duration {
	if m.due == 0 {
		return never
	}
	return m.due
}

// lookAside opens the second connection.
func (s *session) lookAside() {
	s.other.due = 0
	s.other.conn = s.driver.Dial(s.addrs[s.to], &s.other)
}

// found ends the walk: the server speaks the other mode.
func (m *otherMode) found() {
	s := m.session
	m.close()
	s.walk.OtherMode = true
	wall, _ := s.driver.Recent()
	s.lose(sample.Timeout, "no answer within "+human.Exact(silence), nil, wall)
}

// isPlain tells whether a handshake met SMTP in the clear: what came in place of a TLS
// record begins with the code of a reply.
func (m *otherMode) isPlain(err error) bool {
	var record tls.RecordHeaderError
	if !m.plain || !errors.As(err, &record) {
		return false
	}
	return isReply(record.RecordHeader[:])
}

// isReply tells whether octets begin with the code of a reply.
func isReply(p []byte) bool {
	return len(p) > 3 && '2' <= p[0] && p[0] <= '5' && '0' <= p[1] && p[1] <= '9' && '0' <= p[2] && p[2] <= '9' && (p[3] == ' ' || p[3] == '-')
}

// Connected says hello in TLS, or waits for the banner.
func (m *otherMode) Connected(sample.Instant, time.Duration) {
	if !m.plain {
		m.conn.StartTLS(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}) // only to see whether there is TLS
	}
}

// Secured tells that the server speaks TLS.
func (m *otherMode) Secured(_, _ sample.Instant) { m.found() }

// Received tells that the server sends a banner in the clear.
func (m *otherMode) Received(p []byte, _ netdrive.Arrival) {
	if m.plain && isReply(p) {
		m.found()
	}
}

// Writable has nothing to write.
func (m *otherMode) Writable() {}

// Broken tells that the server speaks TLS if it ended the handshake with an alert.
// Otherwise nothing was found out.
func (m *otherMode) Broken(err error, _ sample.Instant) {
	if !m.plain && loadgen.IsAlert(err) {
		m.found()
		return
	}
	m.close()
}

var _ netdrive.Handler = (*otherMode)(nil)
