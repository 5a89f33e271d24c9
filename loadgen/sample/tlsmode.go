package sample

// A TLSMode says when a session turns to TLS.
type TLSMode uint8

// The modes. Scenarios call them none, starttls and implicit.
const (
	TLSNone     TLSMode = iota // never
	TLSStart                   // after STARTTLS, which the server must offer (RFC 3207)
	TLSImplicit                // before the banner (RFC 8314)
)

var tlsModes = []string{"none", "starttls", "implicit"}

// String returns the mode's name as it stands in scenarios and results.
func (m TLSMode) String() string { return nameOf(m, tlsModes) }

// ParseTLSMode finds a mode by its name.
func ParseTLSMode(name string) (TLSMode, bool) { return valueOf[TLSMode](name, tlsModes) }

// UsualTLS returns the mode that a port has by custom, and false if it has none.
// Port 25 relays in the clear, 465 is submission over TLS (RFC 8314), 587 is
// submission with STARTTLS (RFC 6409), and 2525 is used in place of 587.
func UsualTLS(port int) (TLSMode, bool) {
	switch port {
	case 25:
		return TLSNone, true
	case 465:
		return TLSImplicit, true
	case 587, 2525:
		return TLSStart, true
	}
	return TLSNone, false
}
