package smtpwire

import "fmt"

// A Class says why something failed, by what an operator would do about it.
// CONTRACT.md lists when each applies.
type Class uint8

// The classes, in the order a session can meet them.
const (
	NoClass          Class = iota
	ResolveFailed          // no address for the name
	Refused                // the port said no
	ConnectTimeout         // no answer to connect
	Timeout                // no reply within the phase's limit
	Reset                  // the connection was reset
	Closed                 // the server closed the connection
	TLSHandshake           // the handshake failed
	TLSCertificate         // it failed because of the certificate
	StartTLSMissing        // wanted but not offered, or demanded (530)
	AuthMissing            // no mechanism in common, or demanded (530)
	ChunkingMissing        // BDAT was asked for and CHUNKING is not offered
	AuthRejected           // 535 and other 5xx to AUTH
	Busy                   // 421
	Throttled              // another 4xx about rate or connections
	Greylisted             // 450 or 451 to RCPT with 4.7.1 or saying so
	RecipientUnknown       // 5.1.x to RCPT
	RelayDenied            // 5.7.1 to RCPT
	TooBig                 // 552, 5.3.4, or over the SIZE offered
	Policy                 // any other x.7.x
	TempFail               // any other 4xx
	PermFail               // any other 5xx
	Protocol               // not a reply SMTP knows
	LocalLimit             // the generator's own: descriptors, ports, memory
	Canceled               // ended by the user or by the end of the load

	NumClasses int = iota
)

var classNames = [NumClasses]string{
	"", "resolve", "refused", "connect-timeout", "timeout", "reset", "closed",
	"tls-handshake", "tls-certificate", "starttls-missing", "auth-missing",
	"chunking-missing", "auth-rejected", "busy", "throttled", "greylisted",
	"recipient-unknown", "relay-denied", "too-big", "policy", "tempfail",
	"permfail", "protocol", "local-limit", "canceled",
}

// String returns the class's name as it stands in results.
func (c Class) String() string {
	if int(c) < NumClasses {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// ParseClass finds a class by its name.
func ParseClass(name string) (Class, bool) {
	for i, n := range classNames {
		if n == name && n != "" {
			return Class(i), true
		}
	}
	return 0, false
}

// An EnhancedCode is an enhanced mail system status code (RFC 3463), such as
// 5.1.1. The zero value means there was none.
type EnhancedCode [3]uint16

// String returns the code with dots, and nothing for the zero value.
func (e EnhancedCode) String() string {
	if e == (EnhancedCode{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", e[0], e[1], e[2])
}

// A Failure is one thing that went wrong in a session: where, why, and in the
// server's own words where it had any. It is data, part of the measurement.
type Failure struct {
	Phase    Phase
	Class    Class
	Enhanced EnhancedCode // zero where there was none
	Code     int          // the reply's code, 0 where there was no reply
	Text     string       // the reply's first line or the cause, printable, at most 200 bytes
}

// Error renders the failure on one line.
func (f *Failure) Error() string {
	s := f.Phase.String() + ": " + f.Class.String()
	if f.Code != 0 {
		s += fmt.Sprintf(": %d", f.Code)
		if e := f.Enhanced.String(); e != "" {
			s += " " + e
		}
		if f.Text != "" {
			s += " " + f.Text
		}
	} else if f.Text != "" {
		s += ": " + f.Text
	}
	return s
}

// An Outcome is what became of a message.
type Outcome uint8

// Every message attempted has exactly one of these outcomes.
const (
	Accepted Outcome = iota // the server took it, for one recipient at least
	Rejected                // the server said no
	Failed                  // it never got as far as an answer
	Unknown                 // lost between the final dot and its reply

	NumOutcomes int = iota
)

var outcomeNames = [NumOutcomes]string{"accepted", "rejected", "failed", "unknown"}

// String returns the outcome's name as it stands in results.
func (o Outcome) String() string {
	if int(o) < NumOutcomes {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome(%d)", uint8(o))
}
