package smtpwire

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// FuzzClient lets a server send anything, in any pieces, to clients of all kinds, and
// checks that they keep what the package doc promises.
func FuzzClient(f *testing.F) {
	ready := "220 hi\r\n|250-hi\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-STARTTLS\r\n250-AUTH PLAIN SCRAM-SHA-1 CRAM-MD5\r\n250 SIZE 1000\r\n|"
	for _, s := range []string{
		ready + "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n|250 ok\r\n|",
		ready + "250 ok\r\n550 no\r\n550 no\r\n354 go\r\n|554 no\r\n|250 ok\r\n",
		ready + "334 aGk=\r\n|235 ok\r\n|250 ok\r\n|250 ok\r\n|250 ok\r\n|354 go\r\n|250 ok\r\n452 full\r\n|",
		ready + "220 go\r\n|250-hi\r\n250 CHUNKING\r\n|250 ok\r\n|250 ok\r\n|450 no\r\n|250 ok\r\n|552 no\r\n|503 no\r\n|250 ok\r\n",
		"220 hi\r\n|500 what\r\n|250 hi\r\n|421 bye\r\n",
		"\r\n", "250-\r\n251 x\r\n", strings.Repeat("250-x\r\n", 200),
	} {
		for kind := range uint8(16) {
			f.Add([]byte(s), kind, uint8(0), uint8(0))
			f.Add([]byte(s), kind|0x40, uint8(3), uint8(5))
		}
	}
	f.Fuzz(func(t *testing.T, said []byte, kind, in, out uint8) {
		o := Options{LMTP: kind&1 != 0, BDAT: kind&2 != 0, Pipelining: sample.Switch(kind >> 2 & 3 % 3), Capture: kind&0x10 != 0}
		if kind&2 != 0 {
			o.ChunkSize = int(kind >> 4)
		}
		if kind&0x20 != 0 {
			o.TLS = sample.TLSStart
		}
		var cred *Credentials
		if kind&0x40 != 0 {
			cred = &Credentials{Username: "u", Password: "p"}
		}
		m := &monkey{t: t, in: int(in), out: int(out)}
		m.c.Start(&o, cred)
		m.c.Established(m.tick())
		m.run(said)
		m.c.Lost(sample.Closed, "gone", m.tick())
		m.check()
		if m.sends != m.ends {
			t.Errorf("%d messages sent, %d ended", m.sends, m.ends)
		}
		m.c.Receive(said, m.tick())
		m.c.Send(&small)
		m.c.Quit()
		m.c.Secured()
		m.c.Lost(sample.Closed, "gone", m.tick())
		if e := m.c.Events(); len(e) > 0 || m.c.State() != Ended || len(m.c.Pending()) > 0 {
			t.Errorf("not the end: %d events in state %d", len(e), m.c.State())
		}
	})
}

// A monkey drives a client as its State asks for, and reads what the server sends from a
// tape.
type monkey struct {
	t           *testing.T
	c           Client
	now         sample.Instant
	in, out     int
	sends, ends int
	ended       bool
}

var monkeyMail = Transaction{
	From: []byte("a@example.test"), To: [][]byte{[]byte("b@example.test"), []byte("c@example.test"), []byte("d@example.test")}, Size: 12, EightBit: true,
	Dotted: [][]byte{[]byte("Subject: x\r\n"), nil, []byte("\r\nhi\r\n.\r\n")},
	Raw:    [][]byte{[]byte("Subject: x\r\n"), nil, []byte("\r\nhi\r\n")},
}

func (m *monkey) tick() sample.Instant { m.now++; return m.now }

// run goes through the tape. At a bar in it everything pending is written.
func (m *monkey) run(tape []byte) {
	for m.c.State() != Ended && len(tape) > 0 {
		switch m.c.State() {
		case Handshake:
			m.c.Secured()
		case Ready:
			if m.sends == 3 {
				m.c.Quit()
				break
			}
			m.sends++
			m.c.Send(&monkeyMail)
		}
		m.check()
		n := 1 + m.in
		if m.in == 0 {
			n = len(tape)
		}
		n = min(n, len(tape))
		piece := tape[:n]
		if i := strings.IndexByte(string(piece), '|'); i >= 0 {
			piece, n = piece[:i], i+1
			m.write()
		}
		m.c.Receive(piece, m.tick())
		tape = tape[n:]
		m.check()
	}
}

func (m *monkey) write() {
	for m.c.State() != Ended {
		n := 0
		for _, b := range m.c.Pending() {
			if len(b) == 0 {
				m.t.Fatal("an empty slice is pending")
			}
			n += len(b)
		}
		if n == 0 {
			return
		}
		if m.out > 0 {
			n = min(n, m.out)
		}
		m.c.Sent(n, m.tick())
		m.check()
	}
}

func (m *monkey) check() {
	c := &m.c
	for _, e := range c.Events() {
		if m.ended {
			m.t.Errorf("%q after the end", describe(e))
		}
		if e.End < e.Start {
			m.t.Errorf("%q from %d to %d", describe(e), e.Start, e.End)
		}
		if len(e.Failure.Example()) > maxFailureText {
			m.t.Errorf("a failure's text of %d octets", len(e.Failure.Example()))
		}
		switch e.Kind {
		case FailedEvent:
			if e.Failure.Class == sample.NoClass {
				m.t.Errorf("%q has no class", describe(e))
			}
		case MessageEnded:
			m.ends++
			if e.Accepted < 0 || e.Rejected < 0 || e.Accepted+e.Rejected > len(monkeyMail.To) || (e.Outcome == sample.Accepted) != (e.Accepted > 0) {
				m.t.Errorf("%q", describe(e))
			}
			// If the server may have taken the message, every recipient counts.
			if sum := e.Accepted + e.Rejected + e.Unknown; sum > len(monkeyMail.To) || (e.Outcome == sample.Accepted || e.Outcome == sample.Unknown) && sum != len(monkeyMail.To) {
				m.t.Errorf("%q of %d recipients", describe(e), len(monkeyMail.To))
			}
		}
	}
	m.ended = c.State() == Ended
	if open := m.sends - m.ends; open != 0 && (open != 1 || c.State() == Ready || m.ended) {
		m.t.Fatalf("%d messages sent, %d ended, in state %d", m.sends, m.ends, c.State())
	}
	if cap(c.out) > keep || cap(c.queue) > 200 || cap(c.events) > 200 {
		m.t.Errorf("buffers of %d octets, %d replies, %d events", cap(c.out), cap(c.queue), cap(c.events))
	}
	if k := c.reply.kept; k != nil && (len(k.line) > 2048 || len(k.text) > maxText) {
		m.t.Errorf("kept %d and %d octets", len(k.line), len(k.text))
	}
}
