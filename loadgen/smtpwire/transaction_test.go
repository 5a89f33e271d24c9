package smtpwire

import "testing"

// hello is the beginning of a session, up to Ready, with a server that offers these
// capabilities.
func hello(offers ...string) string {
	s := "S: 220 hi\nC: EHLO localhost\nS: 250-hi\n"
	for _, o := range offers {
		s += "S: 250-" + o + "\n"
	}
	return s + "S: 250 last\ntimed banner\ntimed ehlo\n= ready\n> send\n"
}

// to makes a transaction with recipients b, c, d and so on.
func to(n int) Transaction {
	t := Transaction{From: []byte("a@example.test")}
	for i := range n {
		t.To = append(t.To, []byte(string(rune('b'+i))+"@example.test"))
	}
	return t
}

const content = "C: Subject: x\nC:\nC: hi\nC: .\n"

func TestLockstep(t *testing.T) {
	playAll(t, []dialogue{{
		name: "accepted, and another",
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 251 forwarding
			C: DATA
			S: 354 go
			C: Subject: x
			C:
			C: hi
			C: .
			S: 250 2.0.0 queued as 1
			timed mail
			timed rcpt
			timed data
			timed body
			timed message
			message accepted 1+0
			= ready
			> send
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			timed mail
			C: RCPT TO:<b@example.test>
			> lost timeout
			failed rcpt: timeout: gone
			message failed 0+0
			= ended`,
	}, {
		name: "parameters, and the null path",
		t:    Transaction{To: [][]byte{[]byte("bö@example.test")}, Size: 20, EightBit: true, UTF8: true},
		script: hello("SIZE 20", "8BITMIME", "SMTPUTF8") + `
			C: MAIL FROM:<> SIZE=20 BODY=8BITMIME SMTPUTF8
			S: 250 ok
			C: RCPT TO:<bö@example.test>
			timed mail`,
	}, {
		name: "8BITMIME not offered",
		t:    Transaction{To: [][]byte{[]byte("b@example.test")}, EightBit: true},
		script: hello("SMTPUTF8") + `
			failed mail: permfail: the message has octets over 127, and the server does not offer 8BITMIME (RFC 6152)
			message failed 0+0
			= ready
			> quit
			C: QUIT`,
	}, {
		name: "over the SIZE offered",
		t:    Transaction{To: [][]byte{[]byte("b@example.test")}, Size: 21},
		script: hello("SIZE 20") + `
			failed mail: too-big: a message of 21 octets is over the SIZE offered, 20
			message failed 0+0
			= ready
			> quit
			C: QUIT`,
	}, {
		name: "SMTPUTF8 not offered",
		t:    Transaction{To: [][]byte{[]byte("bö@example.test")}, UTF8: true},
		script: hello() + `
			failed mail: permfail: an address beyond ASCII needs SMTPUTF8, which the server does not offer (RFC 6531)
			message failed 0+0
			= ready`,
	}, {
		name: "an address that would be a command",
		t:    Transaction{To: [][]byte{[]byte("b@example.test>\r\nRSET")}},
		script: hello() + `
			failed mail: permfail: a line break in a recipient's address
			message failed 0+0
			= ready`,
	}, {
		name: "no recipient",
		t:    Transaction{To: [][]byte{}},
		script: hello() + `
			failed mail: permfail: a message without a recipient
			message failed 0+0
			= ready`,
	}, {
		name: "MAIL refused leaves nothing to reset",
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 550 5.7.1 not you
			timed mail
			failed mail: policy: 550 5.7.1 not you
			message rejected 0+0
			= ready
			> quit
			C: QUIT`,
	}, {
		name: "some recipients refused",
		t:    to(3),
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 550 5.1.1 no such user
			C: RCPT TO:<c@example.test>
			S: 250 ok
			C: RCPT TO:<d@example.test>
			S: 450 4.7.1 greylisted
			C: DATA
			S: 354 go` + "\n" + content + `
			S: 250 ok
			timed mail
			timed rcpt
			failed rcpt: recipient-unknown: 550 5.1.1 no such user
			timed rcpt
			timed rcpt
			failed rcpt: greylisted: 450 4.7.1 greylisted
			timed data
			timed body
			timed message
			message accepted 1+2
			= ready`,
	}, {
		name: "all recipients refused",
		t:    to(2),
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 554 5.7.1 Relay access denied
			C: RCPT TO:<c@example.test>
			S: 554 5.7.1 Relay access denied
			timed mail
			timed rcpt
			failed rcpt: relay-denied: 554 5.7.1 Relay access denied
			timed rcpt
			failed rcpt: relay-denied: 554 5.7.1 Relay access denied
			message rejected 0+2
			= waiting
			C: RSET
			S: 250 ok
			timed rset
			= ready`,
	}, {
		name: "DATA refused, and then RSET",
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 250 ok
			C: DATA
			S: 451 4.3.0 disk
			C: RSET
			S: 500 what
			timed mail
			timed rcpt
			timed data
			failed data: tempfail: 451 4.3.0 disk
			message rejected 0+1
			timed rset
			failed rset: permfail: 500 what
			= ended`,
	}, {
		name: "250 to DATA",
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 250 ok
			C: DATA
			S: 250 ok
			timed mail
			timed rcpt
			timed data
			failed data: protocol: an unexpected positive reply
			message failed 0+0
			= ended`,
	}, {
		name: "body refused",
		t:    to(2),
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 250 ok
			C: RCPT TO:<c@example.test>
			S: 250 ok
			C: DATA
			S: 354 go` + "\n" + content + `
			S: 552 5.3.4 too large
			timed mail
			timed rcpt
			timed rcpt
			timed data
			timed body
			failed body: too-big: 552 5.3.4 too large
			timed message
			message rejected 0+2
			= ready
			> quit
			C: QUIT`,
	}, {
		name: "lost after the final dot",
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 250 ok
			C: DATA
			S: 354 go` + "\n" + content + `
			> lost reset
			timed mail
			timed rcpt
			timed data
			failed body: reset: gone
			message unknown 0+0+1?
			= ended`,
	}, {
		name: "nonsense after the final dot",
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 250 ok
			C: DATA
			S: 354 go` + "\n" + content + `
			S: HTTP/1.1 400 Bad Request
			timed mail
			timed rcpt
			timed data
			failed body: protocol: a reply without a code
			message unknown 0+0+1?
			= ended`,
	}, {
		name: "busy in the body",
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 250 ok
			C: DATA
			S: 354 go` + "\n" + content + `
			S: 421 4.3.0 shutting down
			timed mail
			timed rcpt
			timed data
			timed body
			failed body: busy: 421 4.3.0 shutting down
			message rejected 0+1
			= ended`,
	}, {
		name: "busy at RCPT",
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			C: RCPT TO:<b@example.test>
			S: 421 4.7.0 enough
			timed mail
			timed rcpt
			failed rcpt: busy: 421 4.7.0 enough
			message rejected 0+0
			= ended`,
	}})
}
