package sample

// A Phase is one step of a session that is timed by itself, or one of the two
// spans that cover several of them.
type Phase uint8

// The phases in the order a session goes through them, then the spans.
const (
	Resolve  Phase = iota // the look-up of the host's addresses
	Connect               // from the SYN to the established connection
	TLS                   // the handshake, implicit or after STARTTLS
	Banner                // from the connection (or the implicit handshake) to the 220
	EHLO                  // EHLO, HELO or LHLO; each one sent is a sample
	StartTLS              // the STARTTLS command, without the handshake
	Auth                  // from AUTH to its final reply, all challenges included
	Mail                  // MAIL FROM
	Rcpt                  // RCPT TO; each recipient is a sample
	Data                  // from DATA to the 354; with BDAT, a chunk that is not the last
	Body                  // from the last byte of the message to its (last) reply
	Rset                  // RSET after a failed transaction
	Quit                  // from QUIT to the 221

	SpanMessage // from MAIL to the last reply to the body
	SpanSession // from the beginning of connect to the reply to QUIT

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
