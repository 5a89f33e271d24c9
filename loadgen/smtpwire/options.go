package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// Options say how a flow's sessions speak. They are shared by all sessions of
// a flow and only read.
type Options struct {
	Name       string // argument of EHLO, HELO and LHLO; "localhost" where empty
	LMTP       bool   // LHLO, and a reply a recipient after the body (RFC 2033)
	TLS        sample.TLSMode
	Pipelining sample.Switch // RFC 2920
	BDAT       bool          // BDAT in place of DATA; CHUNKING must be offered (RFC 3030)
	ChunkSize  int           // octets a BDAT chunk; 0 sends the message in one

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
