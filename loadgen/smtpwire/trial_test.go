package smtpwire

import "testing"

// A trial goes as far as the last recipient, one command at a time.
func TestTry(t *testing.T) {
	try := func(offers ...string) string {
		script := hello(offers...)
		return script[:len(script)-len("> send\n")] + "> try\n"
	}
	playAll(t, []dialogue{{
		name: "accepted, and another", t: to(2),
		script: try() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			timed mail
			C: RCPT TO:<b@example.test>
			S: 250 ok
			timed rcpt
			C: RCPT TO:<c@example.test>
			S: 550 5.1.1 unknown
			timed rcpt
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			message accepted 1+1
			C: RSET
			S: 250 ok
			timed rset
			= ready
			> try
			C: MAIL FROM:<a@example.test>
			S: 550 no
			timed mail
			failed mail: permfail: 550 no
			message rejected 0+0
			= ready
			> send
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			timed mail
			C: RCPT TO:<b@example.test>
			S: 250 ok
			timed rcpt
			C: RCPT TO:<c@example.test>
			S: 250 ok
			timed rcpt
			C: DATA`,
	}, {
		name: "not pipelined", t: to(2),
		script: try("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			timed mail
			C: RCPT TO:<b@example.test>
			S: 250 ok
			timed rcpt
			C: RCPT TO:<c@example.test>
			S: 250 ok
			timed rcpt
			message accepted 2+0
			C: RSET
			S: 250 ok
			timed rset
			= ready`,
	}, {
		name: "BDAT", o: Options{BDAT: true},
		script: try("CHUNKING") + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			timed mail
			C: RCPT TO:<b@example.test>
			S: 250 ok
			timed rcpt
			message accepted 1+0
			C: RSET`,
	}, {
		name: "no recipient", t: to(1),
		script: try() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			timed mail
			C: RCPT TO:<b@example.test>
			S: 554 5.7.1 Relay access denied
			timed rcpt
			failed rcpt: relay-denied: 554 5.7.1 Relay access denied
			message rejected 0+1
			C: RSET`,
	}})
}
