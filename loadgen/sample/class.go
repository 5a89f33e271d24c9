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
	TLSCertificate         // it failed because of the certificate
	StartTLSMissing        // wanted but not offered, or demanded (530)
	AuthMissing            // no mechanism in common, or demanded (530)
	ChunkingMissing        // BDAT was asked for and CHUNKING is not offered
	AuthRejected           // 535 and other 5xx to AUTH
	Busy                   // 421
	Throttled              // another 4xx about rate or connections
	Greylisted             // 450 or 451 to RCPT or the final dot, saying so
	RecipientUnknown       // 5.1.x to RCPT
	RelayDenied            // 5xx to RCPT that speaks of relaying
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
	return nameOf(c, classNames[:])
}

// ParseClass finds a class by its name.
func ParseClass(name string) (Class, bool) {
	return valueOf[Class](name, classNames[:])
}
