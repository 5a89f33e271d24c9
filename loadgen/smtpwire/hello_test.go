package smtpwire

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestBeginning(t *testing.T) {
	playAll(t, []dialogue{{
		name: "plain",
		script: `
			S: 220-mx.example.test ESMTP
			S: 220 at your service
			C: EHLO localhost
			S: 250-mx.example.test
			S: 250 PIPELINING
			timed banner
			timed ehlo
			= ready
			> quit
			C: QUIT
			S: 221 2.0.0 Bye
			timed quit
			completed
			= ended`,
	}, {
		name: "bare line feeds and no text",
		script: `
			S/ 220
			C: EHLO localhost
			S: 250
			timed banner
			timed ehlo
			= ready`,
	}, {
		name: "HELO where EHLO is refused",
		o:    Options{Name: "client.example.test"},
		script: `
			S: 220 old
			C: EHLO client.example.test
			S: 502 5.5.1 Command not implemented
			C: HELO client.example.test
			S: 250 SIZE 10
			timed banner
			timed ehlo
			timed ehlo
			= ready
			# what HELO says is no capability
			> send
			C: MAIL FROM:<a@example.test>
			S: 250 ok
			timed mail
			C: RCPT TO:<b@example.test>`,
	}, {
		name: "HELO refused as well",
		script: `
			S: 220 old
			C: EHLO localhost
			S: 550 5.7.1 go away
			C: HELO localhost
			S: 550 5.7.1 go away
			timed banner
			timed ehlo
			timed ehlo
			failed ehlo: policy: 550 5.7.1 go away
			= ended`,
	}, {
		name: "EHLO refused for now",
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 451 4.3.0 later
			timed banner
			timed ehlo
			failed ehlo: tempfail: 451 4.3.0 later
			= ended`,
	}, {
		name: "banner refused",
		script: `
			S: 554-5.7.1 no service
			S: 554 5.7.1 for you
			timed banner
			failed banner: policy: 554 5.7.1 no service
			= ended`,
	}, {
		name: "busy at once",
		script: `
			S: 421 4.3.2 too many connections
			timed banner
			failed banner: busy: 421 4.3.2 too many connections
			= ended`,
	}, {
		name: "LHLO has no fall-back",
		o:    Options{LMTP: true},
		script: `
			S: 220 hi
			C: LHLO localhost
			S: 500 what
			timed banner
			timed ehlo
			failed ehlo: permfail: 500 what
			= ended`,
	}, {
		name: "busy while idle",
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250 hi
			timed banner
			timed ehlo
			S: 421 4.4.2 timeout
			failed session: busy: 421 4.4.2 timeout
			= ended`,
	}, {
		name: "a reply nobody asked for",
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250 hi
			S: 250 again
			timed banner
			timed ehlo
			failed session: protocol: a reply to no command
			= ended`,
	}, {
		name: "a reply ahead of its command",
		script: `
			S: 220 hi
			S: 250 guessed
			timed banner
			failed ehlo: protocol: a reply to no command
			= ended
			> send
			> quit
			> secured
			> lost closed`,
	}, {
		name: "an unexpected positive reply",
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 354 go ahead
			timed banner
			timed ehlo
			failed ehlo: protocol: an unexpected positive reply
			= ended`,
	}, {
		name: "lost while idle",
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250 hi
			timed banner
			timed ehlo
			> lost closed
			failed session: closed: gone
			= ended`,
	}, {
		name: "lost before the reply to QUIT",
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250 hi
			timed banner
			timed ehlo
			> quit
			C: QUIT
			> lost reset
			failed quit: reset: gone
			= ended`,
	}, {
		name: "QUIT refused",
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250 hi
			timed banner
			timed ehlo
			> quit
			C: QUIT
			S: 500 no
			timed quit
			failed quit: permfail: 500 no
			= ended`,
	}})
}

func TestTurningToTLS(t *testing.T) {
	start := Options{TLS: sample.TLSStart}
	playAll(t, []dialogue{{
		name: "STARTTLS forgets what was offered in the clear",
		o:    start,
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250-hi
			S: 250-SIZE 10
			S: 250 starttls
			C: STARTTLS
			S: 220 2.0.0 go
			timed banner
			timed ehlo
			timed starttls
			= handshake
			> secured
			= waiting
			C: EHLO localhost
			S: 250 hi
			timed ehlo-tls
			= ready
			> send
			C: MAIL FROM:<a@example.test>`,
		t: Transaction{From: []byte("a@example.test"), To: [][]byte{[]byte("b@example.test")}, Size: 4096},
	}, {
		name: "EHLO refused under TLS, and then HELO",
		o:    start,
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250-hi
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 2.0.0 go
			timed banner
			timed ehlo
			timed starttls
			> secured
			C: EHLO localhost
			S: 502 5.5.1 what
			timed ehlo-tls
			C: HELO localhost
			S: 550 5.7.1 not you
			timed ehlo-tls
			failed ehlo-tls: policy: 550 5.7.1 not you
			= ended`,
	}, {
		name: "not offered",
		o:    start,
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250 hi
			timed banner
			timed ehlo
			failed starttls: starttls-missing: the server does not offer STARTTLS
			= ended`,
	}, {
		name: "refused",
		o:    start,
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250-hi
			S: 250 STARTTLS
			C: STARTTLS
			S: 454 4.3.0 TLS not available due to local problem
			timed banner
			timed ehlo
			timed starttls
			failed starttls: tempfail: 454 4.3.0 TLS not available due to local problem
			= ended`,
	}, {
		name: "replies injected before the handshake",
		o:    start,
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250-hi
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go
			S: 250 injected
			timed banner
			timed ehlo
			timed starttls
			failed tls: protocol: octets in the clear where TLS was to begin
			= ended`,
	}, {
		name: "half a reply injected",
		o:    start,
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250-hi
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go
			S~ 2
			timed banner
			timed ehlo
			timed starttls
			failed tls: protocol: octets in the clear where TLS was to begin
			= ended`,
	}, {
		name: "the handshake fails",
		o:    start,
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250-hi
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go
			timed banner
			timed ehlo
			timed starttls
			> lost tls-certificate
			failed tls: tls-certificate: gone
			= ended`,
	}, {
		name: "implicit",
		o:    Options{TLS: sample.TLSImplicit},
		script: `
			= handshake
			> secured
			= waiting
			S: 220 hi
			C: EHLO localhost
			S: 250-hi
			S: 250 STARTTLS
			timed banner
			timed ehlo
			= ready`,
	}})
}

func TestCapabilities(t *testing.T) {
	for _, tt := range []struct {
		line    string
		offered extension
		mechs   mechanism
		sizeOf  int64
	}{
		{"PIPELINING", pipelining, 0, 0},
		{"pipelining", pipelining, 0, 0},
		{"PIPELININGS", 0, 0, 0},
		{"SIZE", size, 0, 0},
		{"SIZE 0", size, 0, 0},
		{"SIZE 10240000", size, 0, 10240000},
		{"SIZE 10k", size, 0, 0},
		{"SIZE 99999999999999999999", size, 0, 0},
		{"8BITMIME", eightBitMIME, 0, 0},
		{"SMTPUTF8", smtpUTF8, 0, 0},
		{"CHUNKING", chunking, 0, 0},
		{"STARTTLS", startTLS, 0, 0},
		{"AUTH PLAIN login", 0, plain | login, 0},
		{"AUTH=PLAIN LOGIN", 0, plain | login, 0},
		{"AUTH=LOGIN", 0, login, 0},
		{"AUTH", 0, 0, 0},
		{"AUTH GSSAPI  CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256-PLUS SCRAM-SHA-256", 0, cramMD5 | scramSHA1 | scramSHA256, 0},
		{"AUTH XOAUTH2 OAUTHBEARER EXTERNAL", 0, xoauth2 | oauthBearer | external, 0},
		{"", 0, 0, 0},
		{"X-UNKNOWN a b c", 0, 0, 0},
	} {
		var c Client
		c.Start(&Options{}, nil)
		c.offer([]byte(tt.line))
		if c.offered != tt.offered || c.mechs != tt.mechs || c.sizeOf != tt.sizeOf {
			t.Errorf("%q: offered %b, mechanisms %v, size %d; want %b, %v, %d",
				tt.line, c.offered, c.mechs, c.sizeOf, tt.offered, tt.mechs, tt.sizeOf)
		}
	}
}

func TestFailureText(t *testing.T) {
	long := strings.Repeat("ü", 300)
	for _, tt := range []struct{ said, want string }{
		{"plain", "plain"},
		{"  first \nsecond", "first"},
		{"bell\a escape\x1b[2J nul\x00 tab\t", "bell? escape?[2J nul? tab"},
		{"not utf-8 \xff\xfe", "not utf-8 ??"},
		{"right to left \u202e", "right to left ?"},
		{"größer", "größer"},
		{long, long[:200]},
		{"", ""},
	} {
		if got := printable([]byte(tt.said)); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.said, got, tt.want)
		}
	}
}
