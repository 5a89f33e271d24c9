package smtpwire

import "fmt"

// TLSMode says when a session turns to TLS.
type TLSMode uint8

// The modes, as they stand in scenarios: none, starttls and implicit.
const (
	TLSNone     TLSMode = iota // never
	TLSStart                   // after STARTTLS, which the server must offer (RFC 3207)
	TLSImplicit                // before the banner (RFC 8314)
)

var tlsModes = []string{"none", "starttls", "implicit"}

// String returns the mode as it stands in scenarios and results.
func (m TLSMode) String() string { return nameOf(m, tlsModes) }

// UsualTLS is the mode a port has by custom, and false if it has none: 25
// relays in clear, 465 is submission over TLS (RFC 8314), 587 is submission
// (RFC 6409) and 2525 its stand-in.
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

// Switch is a choice that may be left to what the server offers.
type Switch uint8

// The three positions of a Switch.
const (
	Auto Switch = iota // as EHLO offers
	On                 // always
	Off                // never
)

var switchNames = []string{"auto", "on", "off"}

// String returns the position as it stands in scenarios and results.
func (s Switch) String() string { return nameOf(s, switchNames) }

// nameOf finds the name of an enumeration's value, and gives the number of one
// that has none.
func nameOf[E ~uint8](value E, names []string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprintf("%T(%d)", value, uint8(value))
}

// Options say how a flow's sessions speak. They are shared by all sessions of
// a flow and only read.
type Options struct {
	Name       string // argument of EHLO, HELO and LHLO; "localhost" where empty
	LMTP       bool   // LHLO, and a reply a recipient after the body (RFC 2033)
	TLS        TLSMode
	Pipelining Switch // RFC 2920
	BDAT       bool   // BDAT in place of DATA; CHUNKING must be offered (RFC 3030)
	ChunkSize  int    // octets a BDAT chunk; 0 sends the message in one

	MaxLineLength int // octets of one reply line, its end included; 0 means 2048
	MaxReplyLines int // lines of one reply; 0 means 128

	Capture bool // keep the banner and what EHLO offered, for Client.Hello

	// Secrets are what no text that leaves the client may say; nil means those
	// of its own credentials. They are of a run, and no part of how it speaks.
	Secrets *Secrets `json:"-"`
}

func (o *Options) limits() limits {
	l := limits{line: 2048, lines: 128}
	if o.MaxLineLength > 0 {
		l.line = o.MaxLineLength
	}
	if o.MaxReplyLines > 0 {
		l.lines = o.MaxReplyLines
	}
	return l
}

// Credentials are what one session authenticates with. A nil *Credentials
// means no AUTH.
type Credentials struct {
	Mechanism string // PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, XOAUTH2, OAUTHBEARER, EXTERNAL; "" takes the strongest in common that works with a password
	Identity  string // authorization identity, mostly empty
	Username  string
	Password  string // the password, or the bearer token
	Private   bool   // the names are secrets as well
}

// A Transaction is one mail transaction: the envelope, and the content ready
// to be sent. The byte slices stay the caller's and are only read, until the
// transaction has ended.
type Transaction struct {
	From []byte   // reverse-path without angle brackets; empty is the null path
	To   [][]byte // forward-paths, one at least

	Size     int64    // octets as SIZE counts them (RFC 1870); 0 where not known
	SevenBit bool     // whoever makes the content is to make it of octets below 128: see Client.SevenBit
	EightBit bool     // the content has octets over 127: BODY=8BITMIME, which has to be offered (RFC 6152)
	UTF8     bool     // an address has: SMTPUTF8 is needed (RFC 6531)
	Dotted   [][]byte // for DATA: dot-stuffed, ending in CRLF.CRLF
	Raw      [][]byte // for BDAT: as it is
}
