package smtpwire

import "testing"

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
		timed mail+rcpt
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
			message unknown 0+0+1?
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
