package sample

// A Phase is one step of a session that is timed by itself, or one of the two
// spans that cover several of them.
type Phase uint8

// The phases in the order a session goes through them, then the spans.
const (
	Resolve      Phase = iota // the look-up of the host's addresses
	Connect                   // from the SYN to the established connection
	TLS                       // the handshake, implicit or after STARTTLS
	Banner                    // from the connection (or the implicit handshake) to the 220
	EHLO                      // EHLO, HELO or LHLO; each one sent is a sample
	StartTLS                  // the STARTTLS command, without the handshake
	EHLOTLS                   // the EHLO, HELO or LHLO after STARTTLS
	Auth                      // from AUTH to its final reply, all challenges included
	Mail                      // MAIL FROM, unless pipelined
	Rcpt                      // RCPT TO, unless pipelined; each recipient is a sample
	Data                      // from DATA to the 354, unless pipelined; with BDAT, chunks before the last that are answered before the next ones leave
	MailRcpt                  // MAIL and all RCPT, if they are pipelined and BDAT follows
	MailRcptData              // MAIL, all RCPT and DATA, if they are pipelined
	Body                      // from the last byte of the message to its (last) reply
	Rset                      // RSET after a failed transaction
	Quit                      // from QUIT to the 221

	SpanMessage // from MAIL to the last reply to the body
	SpanSession // from the beginning of connect to the reply to QUIT

	NumPhases int = iota
)

var phaseNames = [NumPhases]string{
	"resolve", "connect", "tls", "banner", "ehlo", "starttls", "ehlo-tls", "auth",
	"mail", "rcpt", "data", "mail+rcpt", "mail+rcpt+data", "body", "rset", "quit", "message", "session",
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
