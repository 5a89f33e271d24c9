package sample

// A Class says why something failed, by what an operator would do about it.
// docs/figures.md lists when each applies.
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
	TLSCertificate         // the handshake failed because of the certificate
	StartTLSMissing        // the server does not offer STARTTLS, or demands it (530)
	AuthMissing            // no mechanism in common, or the server demands AUTH (530)
	ChunkingMissing        // the scenario wants BDAT, and the server does not offer CHUNKING
	AuthRejected           // 535 and other 5xx to AUTH
	Busy                   // 421
	Throttled              // another 4xx about rate or connections
	Greylisted             // 450 or 451 to RCPT or the final dot, whose text speaks of greylisting
	RecipientUnknown       // 5.1.x to RCPT
	RelayDenied            // 5xx to RCPT, whose text speaks of relaying
	TooBig                 // 552, 5.3.4, or a message over the SIZE offered
	Policy                 // any other x.7.x
	TempFail               // any other 4xx
	PermFail               // any other 5xx
	Protocol               // not a reply SMTP knows
	LocalLimit             // this machine ran out of descriptors, ports or memory, or cannot connect
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
	return nameOf(c, classNames[:])
}

// ParseClass finds a class by its name.
func ParseClass(name string) (Class, bool) {
	return valueOf[Class](name, classNames[:])
}
