package sample

import "time"

// A Greeting is how a server introduced itself, and to whom. Each text is one line,
// printable, of 200 octets at most, and has no secret of the run in it.
type Greeting struct {
	Banner string    // the first line of the banner, without its code
	EHLO   string    // the name that the client gave in EHLO, LHLO or HELO
	Name   string    // the name that the server gave in its reply
	Clear  []string  // what EHLO offered in the clear, in the server's order
	Secure []string  // what EHLO offered under TLS, in the server's order
	TLS    *Security // nil in the clear
}

// A Security is what a TLS handshake came to.
type Security struct {
	Version     string // "1.3"
	Cipher      string // the suite, by its IANA name
	Group       string // of the key exchange, such as X25519; "" if there was none, as with RSA
	Certificate Certificate
}

// A Certificate is the server's own.
type Certificate struct {
	Subject  string   // its common name or, if it has none, the first of Names
	Names    []string // DNS names and addresses that it is for; if there are over MaxNames, the last is "…"
	Issuer   string   // the issuer's common name or, if it has none, its organization
	NotAfter time.Time
}

// MaxNames bounds the names of a Certificate.
const MaxNames = 16
