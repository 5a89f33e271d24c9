package sample

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
	return nameOf(p, phaseNames[:])
}

// ParsePhase finds a phase by its name.
func ParsePhase(name string) (Phase, bool) {
	return valueOf[Phase](name, phaseNames[:])
}

// IsSpan tells whether p covers several phases.
func (p Phase) IsSpan() bool { return p.Scope() == WholeSpan }
