package smtpwire

import (
	"fmt"
	"strings"
	"testing"
)

// hello is how a session with the given capabilities gets to be Ready.
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
		name: "8BITMIME not offered: sent as it is",
		t:    Transaction{To: [][]byte{[]byte("b@example.test")}, EightBit: true},
		script: hello() + `
			C: MAIL FROM:<>`,
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
			failed mail: permfail: an address needs SMTPUTF8, which the server does not offer
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
			message unknown 0+0
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
			message unknown 0+0
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

func TestPipelining(t *testing.T) {
	playAll(t, []dialogue{{
		name: "accepted",
		t:    to(2),
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: RCPT TO:<c@example.test>
			C: DATA
			S: 250 ok
			S: 250 ok
			S: 550 5.1.1 unknown
			S: 354 go
			timed mail
			timed rcpt
			timed rcpt
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed data
			` + content + `
			S: 250 ok
			timed body
			timed message
			message accepted 1+1
			= ready
			> quit
			C: QUIT`,
	}, {
		name: "off",
		o:    Options{Pipelining: Off},
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>`,
	}, {
		name: "on, offered or not",
		o:    Options{Pipelining: On},
		script: hello() + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: DATA`,
	}, {
		name: "all recipients refused, and DATA",
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: DATA
			S: 250 ok
			S: 550 5.1.1 unknown
			S: 554 5.5.1 no valid recipients
			C: RSET
			S: 250 ok
			timed mail
			timed rcpt
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed data
			message rejected 0+1
			timed rset
			= ready`,
	}, {
		name: "all recipients refused, but DATA taken",
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: DATA
			S: 250 ok
			S: 550 5.1.1 unknown
			S: 354 go
			timed mail
			timed rcpt
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed data
			message rejected 0+1
			= waiting
			C: .
			S: 554 5.5.1 no valid recipients
			= ready
			> quit
			C: QUIT`,
	}, {
		name: "lost at the lone dot",
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: DATA
			S: 250 ok
			S: 550 5.1.1 unknown
			S: 354 go
			C: .
			timed mail
			timed rcpt
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed data
			message rejected 0+1
			> lost closed
			failed body: closed: gone
			= ended`,
	}, {
		name: "MAIL refused: what follows is no failure of its own",
		t:    to(2),
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: RCPT TO:<c@example.test>
			C: DATA
			S: 550 5.7.1 not you
			S: 503 5.5.1 need MAIL
			S: 503 5.5.1 need MAIL
			S: 503 5.5.1 need RCPT
			timed mail
			failed mail: policy: 550 5.7.1 not you
			timed rcpt
			timed rcpt
			timed data
			message rejected 0+0
			= ready
			> quit
			C: QUIT`,
	}, {
		name: "DATA refused",
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: DATA
			S: 250 ok
			S: 250 ok
			S: 452 4.3.1 full
			timed mail
			timed rcpt
			timed data
			failed data: tempfail: 452 4.3.1 full
			message rejected 0+1
			C: RSET`,
	}, {
		name: "busy in the middle",
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: DATA
			S: 250 ok
			S: 421 bye
			timed mail
			timed rcpt
			failed rcpt: busy: 421 bye
			message rejected 0+0
			= ended`,
	}, {
		name: "lost after a refusal",
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: DATA
			S: 550 no
			timed mail
			failed mail: permfail: 550 no
			> lost closed
			failed rcpt: closed: gone
			message rejected 0+0
			= ended`,
	}})
}

// A server that does not read while it writes must not be able to block a
// client that does not read while it writes.
func TestGroupsAreBounded(t *testing.T) {
	var many Transaction
	for i := range 250 {
		many.To = append(many.To, fmt.Appendf(nil, "r%d@example.test", i))
	}
	var groups []int
	c := readyClient(t, &Options{}, "PIPELINING")
	many.Dotted = [][]byte{[]byte(".\r\n")}
	c.Send(&many)
	for {
		n := strings.Count(string(writeAll(c, 10)), "\r\n")
		groups = append(groups, n)
		if c.Awaiting() == Body {
			break
		}
		replies := strings.Repeat("250 ok\r\n", n)
		if len(groups) == 3 {
			replies = strings.Repeat("250 ok\r\n", n-1) + "354 go\r\n"
		}
		c.Receive([]byte(replies), 20)
	}
	if got, want := fmt.Sprint(groups), "[100 100 52 1]"; got != want {
		t.Errorf("groups of %s lines, want %s", got, want)
	}
}

func TestLMTP(t *testing.T) {
	o := Options{LMTP: true}
	begin := strings.Replace(hello("PIPELINING"), "EHLO", "LHLO", 1)
	envelope := begin + `
		C: MAIL FROM:<a@example.test>
		C: RCPT TO:<b@example.test>
		C: RCPT TO:<c@example.test>
		C: RCPT TO:<d@example.test>
		C: DATA
		S: 250 ok
		S: 250 ok
		S: 550 5.1.1 unknown
		S: 250 ok
		S: 354 go
		timed mail
		timed rcpt
		timed rcpt
		failed rcpt: recipient-unknown: 550 5.1.1 unknown
		timed rcpt
		timed data
	` + content
	playAll(t, []dialogue{{
		name: "a reply a recipient",
		o:    o, t: to(3),
		script: envelope + `
			S: 250 b
			S: 452 4.2.2 d is full
			timed body
			timed body
			failed body: tempfail: 452 4.2.2 d is full
			timed message
			message accepted 1+2
			= ready`,
	}, {
		name: "all refused",
		o:    o, t: to(3),
		script: envelope + `
			S: 452 4.2.2 full
			S: 452 4.2.2 full
			timed body
			failed body: tempfail: 452 4.2.2 full
			timed body
			failed body: tempfail: 452 4.2.2 full
			timed message
			message rejected 0+3
			= ready`,
	}, {
		name: "lost after the first",
		o:    o, t: to(3),
		script: envelope + `
			S: 250 b
			timed body
			> lost reset
			failed body: reset: gone
			message accepted 1+1
			= ended`,
	}, {
		name: "lost before the first",
		o:    o, t: to(3),
		script: envelope + `
			> lost reset
			failed body: reset: gone
			message unknown 0+1
			= ended`,
	}, {
		name: "busy after the first",
		o:    o, t: to(3),
		script: envelope + `
			S: 250 b
			S: 421 enough
			timed body
			timed body
			failed body: busy: 421 enough
			message accepted 1+2
			= ended`,
	}, {
		name: "354 without a recipient",
		o:    o,
		script: begin + `
			C: MAIL FROM:<a@example.test>
			C: RCPT TO:<b@example.test>
			C: DATA
			S: 250 ok
			S: 550 5.1.1 unknown
			S: 354 go
			timed mail
			timed rcpt
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed data
			failed data: protocol: 354 to DATA without a recipient
			message rejected 0+1
			= ended`,
	}})
}

func TestBDAT(t *testing.T) {
	whole, chunks := Options{BDAT: true}, Options{BDAT: true, ChunkSize: 10}
	envelope := `
		C: MAIL FROM:<a@example.test>
		S: 250 ok
		C: RCPT TO:<b@example.test>
		S: 250 ok
		timed mail
		timed rcpt
	`
	piped := `
		C: MAIL FROM:<a@example.test>
		C: RCPT TO:<b@example.test>
		S: 250 ok
		S: 250 ok
		timed mail
		timed rcpt
		C: BDAT 10
		C: Subject: xBDAT 8 LAST
		C:
		C:
		C: hi
	`
	playAll(t, []dialogue{{
		name: "not offered",
		o:    whole,
		script: hello() + `
			failed mail: chunking-missing: BDAT was asked for and the server does not offer CHUNKING
			message failed 0+0
			= ready`,
	}, {
		name: "in one",
		o:    whole,
		script: hello("CHUNKING") + envelope + `
			C: BDAT 18 LAST
			C: Subject: x
			C:
			C: hi
			S: 250 ok
			timed body
			timed message
			message accepted 1+0
			= ready`,
	}, {
		name: "in chunks",
		o:    chunks,
		script: hello("CHUNKING") + envelope + `
			C: BDAT 10
			S: 250 10 octets
			timed data
			C: Subject: xBDAT 8 LAST
			C:
			C:
			C: hi
			S: 250 ok
			timed body
			timed message
			message accepted 1+0
			= ready`,
	}, {
		name: "in chunks, pipelined",
		o:    chunks,
		script: hello("CHUNKING", "PIPELINING") + piped + `
			S: 250 10 octets
			S: 250 ok
			timed data
			timed body
			timed message
			message accepted 1+0
			= ready`,
	}, {
		name: "a chunk refused",
		o:    chunks,
		script: hello("CHUNKING") + envelope + `
			C: BDAT 10
			S: 552 5.3.4 too big
			timed data
			failed data: too-big: 552 5.3.4 too big
			message rejected 0+1
			C: Subject: xRSET
			S: 250 ok
			timed rset
			= ready`,
	}, {
		name: "a chunk refused, pipelined",
		o:    chunks,
		script: hello("CHUNKING", "PIPELINING") + piped + `
			S: 552 5.3.4 too big
			S: 503 5.5.1 no
			timed data
			failed data: too-big: 552 5.3.4 too big
			timed body
			message rejected 0+1
			C: RSET
			S: 250 ok
			timed rset
			= ready`,
	}, {
		name: "the last chunk refused",
		o:    whole,
		script: hello("CHUNKING") + envelope + `
			C: BDAT 18 LAST
			C: Subject: x
			C:
			C: hi
			S: 554 5.6.0 no
			timed body
			failed body: permfail: 554 5.6.0 no
			timed message
			message rejected 0+1
			C: RSET`,
	}, {
		name: "lost with all chunks away",
		o:    chunks,
		script: hello("CHUNKING", "PIPELINING") + piped + `
			> lost closed
			failed data: closed: gone
			message unknown 0+0
			= ended`,
	}, {
		name: "no octets",
		o:    whole,
		t:    Transaction{From: []byte("a@example.test"), To: [][]byte{[]byte("b@example.test")}, Dotted: [][]byte{[]byte(".\r\n")}},
		script: hello("CHUNKING") + envelope + `
			C: BDAT 0 LAST
			S: 250 ok
			timed body
			timed message
			message accepted 1+0
			= ready`,
	}})
}
