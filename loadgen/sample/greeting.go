package sample

// A Greeting is how a server introduced itself. Its texts are one line each,
// printable and bounded, and say no secret of the run.
type Greeting struct {
	Banner string   // the first line, without its code
	Clear  []string // what EHLO offered in the clear, in its order
	Secure []string // what it offered under TLS
}
