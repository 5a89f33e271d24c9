package smtpwire

import (
	"fmt"
	"slices"
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
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed mail+rcpt+data
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
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed mail+rcpt+data
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
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed mail+rcpt+data
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
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed mail+rcpt+data
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
			failed mail: policy: 550 5.7.1 not you
			timed mail+rcpt+data
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
			timed mail+rcpt+data
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

// An envelope of several groups is one sample, without the client's time between groups:
// here each group takes 10, and the next one leaves 5 after its last reply.
func TestEnvelopeOfSeveralGroups(t *testing.T) {
	for _, test := range []struct {
		name string
		o    Options
		want []span // each began when its groups would have, if there had been no time between
	}{
		{"DATA", Options{}, []span{{sample.MailRcptData, 10, 40}, {sample.Body, 45, 55}, {sample.SpanMessage, 0, 55}}},
		{"BDAT", Options{BDAT: true, ChunkSize: 10}, []span{{sample.MailRcpt, 10, 40}, {sample.Body, 45, 55}, {sample.SpanMessage, 0, 55}}},
	} {
		many := to(250)
		c := readyClient(t, &test.o, "PIPELINING", "CHUNKING")
		many.Dotted, many.Raw = small.Dotted, small.Raw
		c.Send(&many)
		var got []span
		for at := sample.Instant(1000); c.State() == Waiting; at += 15 {
			wrote := string(writeAll(c, at))
			n := strings.Count(wrote, "MAIL") + strings.Count(wrote, "RCPT") + strings.Count(wrote, "BDAT")
			replies := strings.Repeat("250 ok\r\n", n)
			switch {
			case strings.Contains(wrote, "DATA\r\n"):
				replies += "354 go\r\n"
			case n == 0:
				replies = "250 ok\r\n"
			}
			c.Receive([]byte(replies), at+10)
			got = append(got, spans(c)...)
		}
		for i := range got {
			got[i].start, got[i].end = got[i].start-1000, got[i].end-1000
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// An envelope of which the first group was refused took as long as that.
func TestEnvelopeRefusedHalfWay(t *testing.T) {
	for name, o := range map[string]Options{"DATA": {}, "BDAT": {BDAT: true}} {
		c := readyClient(t, &o, "PIPELINING", "CHUNKING")
		many := to(250)
		many.Dotted, many.Raw = small.Dotted, small.Raw
		c.Send(&many)
		writeAll(c, 10)
		c.Receive([]byte(strings.Repeat("550 no\r\n", maxGroup)), 20)
		want := sample.MailRcptData
		if o.BDAT {
			want = sample.MailRcpt
		}
		if got := spans(c); !slices.Equal(got, []span{{want, 10, 20}}) || c.State() != Ready {
			t.Errorf("%s: got %v in state %d", name, got, c.State())
		}
	}
}
