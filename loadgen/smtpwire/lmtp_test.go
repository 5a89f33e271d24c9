package smtpwire

import (
	"strings"
	"testing"
)

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
		failed rcpt: recipient-unknown: 550 5.1.1 unknown
		timed mail+rcpt+data
	` + content
	playAll(t, []dialogue{{
		name: "a reply a recipient",
		o:    o, t: to(3),
		script: envelope + `
			S: 250 b
			S: 452 4.2.2 d is full
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
			> lost reset
			failed body: reset: gone
			message accepted 1+1+1?
			= ended`,
	}, {
		name: "lost before the first",
		o:    o, t: to(3),
		script: envelope + `
			> lost reset
			failed body: reset: gone
			message unknown 0+1+2?
			= ended`,
	}, {
		name: "busy after the first",
		o:    o, t: to(3),
		script: envelope + `
			S: 250 b
			S: 421 enough
			timed body
			failed body: busy: 421 enough
			message accepted 1+2
			= ended`,
	}, {
		name: "closed after the refusal of the first",
		o:    o, t: to(3),
		script: envelope + `
			S: 452 4.2.2 full
			failed body: tempfail: 452 4.2.2 full
			> lost closed
			failed body: closed: gone
			message unknown 0+2+1?
			= ended`,
	}, {
		name: "garbage after the first",
		o:    o, t: to(3),
		script: envelope + `
			S: 250 b
			S: what
			failed body: protocol: a reply without a code
			message accepted 1+1+1?
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
			failed rcpt: recipient-unknown: 550 5.1.1 unknown
			timed mail+rcpt+data
			failed data: protocol: 354 to DATA without a recipient
			message rejected 0+1
			= ended`,
	}})
}
