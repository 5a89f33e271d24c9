package smtpwire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

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
		o:    Options{Pipelining: sample.Off},
		script: hello("PIPELINING") + `
			C: MAIL FROM:<a@example.test>`,
	}, {
		name: "on, offered or not",
		o:    Options{Pipelining: sample.On},
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

// A server that does not read while it writes must not block a client that does not read
// while it writes.
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
		if c.Awaiting() == sample.Body {
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
