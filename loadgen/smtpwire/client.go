// Package smtpwire is the SMTP client as a state machine without I/O: reply
// bytes go in, command bytes and timed phases come out. It never reads a
// clock, opens a socket or starts a goroutine, so the same code is driven by
// an epoll loop, by goroutines and by a fuzzer.
package smtpwire

// TLSMode says when a session turns to TLS.
type TLSMode uint8

// The modes of CONTRACT.md.
const (
	TLSNone     TLSMode = iota // never
	TLSStart                   // after STARTTLS, which the server must offer (RFC 3207)
	TLSImplicit                // before the banner (RFC 8314)
)

// Switch is a choice that may be left to what the server offers.
type Switch uint8

// The three positions of a Switch.
const (
	Auto Switch = iota // as EHLO offers
	On                 // always
	Off                // never
)

// Options say how a flow's sessions speak. They are shared by all sessions of
// a flow and only read.
type Options struct {
	Name       string // argument of EHLO, HELO and LHLO; "localhost" where empty
	LMTP       bool   // LHLO, and a reply a recipient after the body (RFC 2033)
	TLS        TLSMode
	Pipelining Switch // RFC 2920
	BDAT       bool   // BDAT in place of DATA; CHUNKING must be offered (RFC 3030)
	ChunkSize  int    // bytes a BDAT chunk; 0 sends the message in one

	MaxLineLength int // bytes of one reply line; 0 means 2048
	MaxReplyLines int // lines of one reply; 0 means 128
}

// Credentials are what one session authenticates with. A nil *Credentials
// means no AUTH.
type Credentials struct {
	Mechanism string // PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, XOAUTH2, OAUTHBEARER, EXTERNAL; "" takes the best in common
	Identity  string // authorization identity, mostly empty
	Username  string
	Password  string // the password, or the bearer token
}

// A Transaction is one mail transaction: the envelope, and the content ready
// to be sent. The byte slices stay the caller's and are only read, until the
// transaction has ended.
type Transaction struct {
	From []byte   // reverse-path without angle brackets; empty is the null path
	To   [][]byte // forward-paths, one at least

	Size     int64    // octets as SIZE counts them (RFC 1870)
	EightBit bool     // the content has octets over 127: BODY=8BITMIME where offered
	UTF8     bool     // an address has: SMTPUTF8 is needed (RFC 6531)
	Dotted   [][]byte // for DATA: dot-stuffed, ending in CRLF.CRLF
	Raw      [][]byte // for BDAT: as it is
}

// State is what a Client needs next from whoever drives it.
type State uint8

// The states a Client can be in between two calls.
const (
	Waiting   State = iota // replies are outstanding (and bytes may be pending)
	Handshake              // do the TLS handshake, then call Secured
	Ready                  // call Send or Quit, or stay idle
	Ended                  // over; close the connection
)

// EventKind tells the events of a Client apart.
type EventKind uint8

// The kinds of Event.
const (
	Timed        EventKind = iota // Phase took from Start to End; every reply, also a rejection, and SpanMessage
	FailedEvent                   // Failure says what
	MessageEnded                  // Outcome, Accepted, Rejected; Start and End as far as known
	SessionQuit                   // QUIT was answered, at End: the session completed
)

// An Event is what a Client reports.
type Event struct {
	Kind       EventKind
	Phase      Phase
	Start, End Instant
	Failure    Failure
	Outcome    Outcome
	Accepted   int // recipients accepted
	Rejected   int // recipients rejected
}
