package sample

// A Greeting is how a server introduced itself. Each text is one line, printable,
// of 200 octets at most, and has no secret of the run in it.
type Greeting struct {
	Banner string   // the first line of the banner, without its code
	Clear  []string // what EHLO offered in the clear, in the server's order
	Secure []string // what EHLO offered under TLS, in the server's order
}
