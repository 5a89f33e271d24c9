package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// Options say how the sessions of a flow speak. All its sessions share them, and none
// changes them.
type Options struct {
	Name       string // argument of EHLO, HELO and LHLO; "" means localhost
	LMTP       bool   // speak LMTP (RFC 2033): LHLO, and one reply for each recipient after the body
	TLS        sample.TLSMode
	Pipelining sample.Switch // RFC 2920
	BDAT       bool          // BDAT in place of DATA; the server must offer CHUNKING (RFC 3030)
	ChunkSize  int           // octets of a BDAT chunk; 0 sends the message in one

	MaxLineLength int // octets of one reply line with its end; 0 means 2048
	MaxReplyLines int // lines of one reply; 0 means 128

	// Lane tells clients that run at the same time apart. What is remembered of an account,
	// such as the keys of SCRAM, is remembered by lane, so that no lane waits for another.
	Lane int `json:"-"`

	Capture bool // keep the banner and what EHLO offered, for Client.Hello

	// Secrets are what no text that leaves the client may show; nil means those
	// of its own credentials. They belong to the run, and do not change what a
	// session sends.
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

// Credentials are what a session authenticates with (RFC 4954). A nil *Credentials
// means no AUTH.
type Credentials struct {
	// Mechanism is one of Mechanisms. "" takes the strongest that the server offers and
	// that works with a password.
	Mechanism string

	Identity string // authorization identity; mostly ""
	Username string
	Password string // the password, or the bearer token
	Private  bool   // Username and Identity are secrets as well
}

// A Transaction is one mail transaction: the envelope, and the content ready to be
// sent. Its byte slices stay the caller's. The client does not change them, and does
// not read them any more when the transaction has ended.
type Transaction struct {
	From []byte   // reverse-path without angle brackets; empty for the null path
	To   [][]byte // forward-paths without angle brackets, at least one

	Size     int64    // octets as SIZE counts them (RFC 1870); 0 if not known
	SevenBit bool     // asks the maker of the content for octets below 128 (see Client.SevenBit)
	EightBit bool     // the content has octets over 127: it needs 8BITMIME (RFC 6152)
	UTF8     bool     // an address has octets over 127: it needs SMTPUTF8 (RFC 6531)
	Dotted   [][]byte // the content for DATA: dot-stuffed, and ending in CRLF.CRLF
	Raw      [][]byte // the content for BDAT: as it is
}
