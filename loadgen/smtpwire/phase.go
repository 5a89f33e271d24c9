package smtpwire

import (
	"fmt"
	"slices"
	"time"
)

// An Instant is a point in time on the wall clock: nanoseconds since the Unix
// epoch. The wall clock is used, not the monotonic one, because that is what
// the kernel stamps arriving segments with. Zero means "not known".
type Instant int64

// Sub returns t-u.
func (t Instant) Sub(u Instant) time.Duration { return time.Duration(t - u) }

// Add returns t+d.
func (t Instant) Add(d time.Duration) Instant { return t + Instant(d) }

// Time returns t as a time.Time without a monotonic reading.
func (t Instant) Time() time.Time { return time.Unix(0, int64(t)) }

// A Phase is one step of a session that is timed by itself, or one of the two
// spans that cover several of them.
type Phase uint8

// The phases in the order a session goes through them, then the spans.
const (
	Resolve  Phase = iota // the host name to addresses
	Connect               // SYN to established
	TLS                   // the handshake, implicit or after STARTTLS
	Banner                // established (or secured) to the 220
	EHLO                  // EHLO, HELO or LHLO; each one sent is a sample
	StartTLS              // the STARTTLS command, without the handshake
	Auth                  // AUTH to its final reply, all challenges included
	Mail                  // MAIL FROM
	Rcpt                  // RCPT TO, each recipient a sample
	Data                  // DATA to the 354
	Body                  // last byte of the message to its (last) reply
	Rset                  // RSET after a failed transaction
	Quit                  // QUIT to the 221

	SpanMessage // MAIL sent to the last reply to the body
	SpanSession // connect begun to QUIT answered

	NumPhases int = iota
)

var phaseNames = [NumPhases]string{
	"resolve", "connect", "tls", "banner", "ehlo", "starttls", "auth",
	"mail", "rcpt", "data", "body", "rset", "quit", "message", "session",
}

// String returns the phase's name as it stands in scenarios and results.
func (p Phase) String() string {
	if int(p) < NumPhases {
		return phaseNames[p]
	}
	return fmt.Sprintf("phase(%d)", uint8(p))
}

// ParsePhase finds a phase by its name.
func ParsePhase(name string) (Phase, bool) {
	for i, n := range phaseNames {
		if n == name {
			return Phase(i), true
		}
	}
	return 0, false
}

// IsSpan tells whether p covers several phases.
func (p Phase) IsSpan() bool { return p.Scope() == WholeSpan }

// A Scope is the part of a session that a phase belongs to.
type Scope uint8

// The scopes.
const (
	SetUp        Scope = iota // before the session's first message
	InMessage                 // within SpanMessage
	AfterMessage              // of one that failed, when its span has ended
	Farewell                  // after the session's last message
	WholeSpan                 // a span is no part of one
)

// Scope says which part of a session p belongs to.
func (p Phase) Scope() Scope {
	switch p {
	case Mail, Rcpt, Data, Body:
		return InMessage
	case Rset:
		return AfterMessage
	case Quit:
		return Farewell
	case SpanMessage, SpanSession:
		return WholeSpan
	}
	return SetUp
}

// PhasesOf lists the phases of some scopes, in the order of a session.
func PhasesOf(scopes ...Scope) []Phase {
	var list []Phase
	for p := range Phase(NumPhases) {
		if slices.Contains(scopes, p.Scope()) {
			list = append(list, p)
		}
	}
	return list
}
