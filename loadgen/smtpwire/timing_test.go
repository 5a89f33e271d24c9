package smtpwire

import (
	"bytes"
	"slices"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// readyClient returns a client that has been Ready since time 3.
func readyClient(t testing.TB, o *Options, offers ...string) *Client {
	t.Helper()
	c := new(Client)
	c.Start(o, nil)
	c.Established(1)
	c.Receive([]byte("220 hi\r\n"), 1)
	writeAll(c, 2)
	said := "250-hi\r\n"
	for _, o := range offers {
		said += "250-" + o + "\r\n"
	}
	c.Receive([]byte(said+"250 last\r\n"), 3)
	c.Events()
	if c.State() != Ready {
		t.Fatalf("state is %d, want Ready", c.State())
	}
	return c
}

// writeAll writes all pending octets at once, and returns them.
func writeAll(c *Client, at sample.Instant) []byte {
	b := bytes.Join(c.Pending(), nil)
	c.Sent(len(b), at)
	return b
}

// span is a Timed event.
type span struct {
	p          sample.Phase
	start, end sample.Instant
}

func spans(c *Client) []span {
	var all []span
	for _, e := range c.Events() {
		if e.Kind == Timed {
			all = append(all, span{e.Phase, e.Start, e.End})
		}
	}
	return all
}

var small = Transaction{
	From: []byte("a@example.test"), To: [][]byte{[]byte("b@example.test")},
	Dotted: [][]byte{[]byte("Subject: x\r\n\r\n"), []byte("hi\r\n.\r\n")},
	Raw:    [][]byte{[]byte("Subject: x\r\n\r\n"), []byte("hi\r\n")},
}

// A group is timed from the first octet of MAIL to the last octet of the last reply, in
// however many pieces it goes.
func TestGroupIsTimedAsOne(t *testing.T) {
	c := readyClient(t, &Options{}, "PIPELINING")
	c.Send(&small)
	mail := len("MAIL FROM:<a@example.test>\r\n")
	c.Sent(mail-1, 10) // all but MAIL's line feed
	c.Sent(1, 11)
	c.Sent(1, 12) // the R of RCPT
	writeAll(c, 13)
	c.Receive([]byte("250 ok\r\n2"), 20)
	got := spans(c)
	c.Receive([]byte("50 ok\r\n354 go\r\n"), 21)
	got = append(got, spans(c)...)
	want := []span{{sample.MailRcptData, 10, 21}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The server's time for a message begins when all of it has left.
func TestBodyIsTimedByItsLastOctet(t *testing.T) {
	for name, o := range map[string]Options{"DATA": {}, "BDAT": {BDAT: true}} {
		t.Run(name, func(t *testing.T) {
			c := readyClient(t, &o, "CHUNKING")
			c.Send(&small)
			writeAll(c, 10)
			c.Receive([]byte("250 ok\r\n"), 20)
			writeAll(c, 30)
			c.Receive([]byte("250 ok\r\n"), 40)
			if !o.BDAT {
				writeAll(c, 50)
				c.Receive([]byte("354 ok\r\n"), 60)
			}
			n := len(bytes.Join(c.Pending(), nil))
			c.Sent(n-1, 70)
			c.Sent(1, 80)
			c.Events()
			c.Receive([]byte("250 queued\r\n"), 90)
			got, want := spans(c), []span{{sample.Body, 80, 90}, {sample.SpanMessage, 10, 90}}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// The kernel may stamp a reply a little before the time that was read for its command. A
// duration is not negative all the same.
func TestEndIsNeverBeforeStart(t *testing.T) {
	c := readyClient(t, &Options{})
	c.Quit()
	writeAll(c, 100)
	c.Receive([]byte("221 bye\r\n"), 99)
	if got, want := spans(c), []span{{sample.Quit, 100, 100}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAuthCoversItsChallenges(t *testing.T) {
	var c Client
	c.Start(&Options{}, &Credentials{Mechanism: "LOGIN", Username: "u", Password: "p"})
	c.Established(1)
	for i, reply := range []string{"220 hi\r\n", "250-hi\r\n250 AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 ok\r\n"} {
		writeAll(&c, sample.Instant(10*i))
		c.Receive([]byte(reply), sample.Instant(10*i+5))
	}
	got, want := spans(&c), []span{{sample.Banner, 1, 5}, {sample.EHLO, 10, 15}, {sample.Auth, 20, 45}}
	if !slices.Equal(got[len(got)-1:], want[2:]) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A message that is refused before all of it has left has no time from its last octet.
// The client sends the rest after DATA, but not with BDAT.
func TestEarlyRefusalOfTheBody(t *testing.T) {
	const rejected = "message rejected 0+1"
	for _, test := range []struct {
		name  string
		bdat  bool
		lmtp  bool
		then  func(c *Client)
		want  []string
		state State
	}{
		{name: "nothing more", state: Waiting},
		{name: "the rest leaves", then: func(c *Client) { writeAll(c, 50) }, want: []string{"failed body: too-big: 552 5.3.4 enough", rejected}, state: Ready},
		{
			name: "a reset", then: func(c *Client) { c.Lost(sample.Reset, "connection reset by peer", 50) },
			want: []string{"failed body: too-big: 552 5.3.4 enough", rejected}, state: Ended,
		},
		{
			name: "goodbye", then: func(c *Client) { c.Receive([]byte("421 bye\r\n"), 50) },
			want: []string{"failed body: too-big: 552 5.3.4 enough", rejected}, state: Ended,
		},
		{
			name: "the body taken for commands", then: func(c *Client) { c.Receive([]byte("500 what\r\n500 what\r\n"), 50) },
			want: []string{"failed body: too-big: 552 5.3.4 enough", rejected}, state: Ended,
		},
		{
			name: "garbage", then: func(c *Client) { c.Receive([]byte("?\r\n"), 50) },
			want: []string{"failed body: too-big: 552 5.3.4 enough", rejected}, state: Ended,
		},
		{name: "in chunks", bdat: true, want: []string{"failed body: too-big: 552 5.3.4 enough", rejected}, state: Ended},
		{name: "in LMTP", lmtp: true, want: []string{"failed body: too-big: 552 5.3.4 enough", rejected}, state: Ended},
	} {
		c := readyClient(t, &Options{BDAT: test.bdat, LMTP: test.lmtp}, "CHUNKING")
		c.Send(&small)
		replies := []string{"250 ok\r\n", "250 ok\r\n", "354 ok\r\n"}
		if test.bdat {
			replies = replies[:2]
		}
		for _, reply := range replies {
			writeAll(c, 10)
			c.Receive([]byte(reply), 20)
		}
		c.Sent(5, 30)
		c.Events()
		c.Receive([]byte("552 5.3.4 enough\r\n"), 40)
		var got []string
		collect := func() {
			for _, e := range c.Events() {
				got = append(got, describe(e))
			}
		}
		collect()
		if test.then != nil {
			test.then(c)
			collect()
		}
		if !slices.Equal(got, test.want) || c.State() != test.state || (len(c.Pending()) > 0) != (test.state == Waiting) {
			t.Errorf("%s: got %q in state %d, want %q in %d", test.name, got, c.State(), test.want, test.state)
		}
	}
}

// After a message that was refused early, and sent to its end all the same, the session
// goes on.
func TestSessionGoesOnAfterAnEarlyRefusal(t *testing.T) {
	c := readyClient(t, &Options{})
	for i := range 2 {
		c.Send(&small)
		for _, reply := range []string{"250 ok\r\n", "250 ok\r\n", "354 ok\r\n"} {
			writeAll(c, 10)
			c.Receive([]byte(reply), 20)
		}
		if i == 0 {
			c.Sent(5, 30)
			c.Receive([]byte("552 5.3.4 enough\r\n"), 40)
			writeAll(c, 50)
			continue
		}
		writeAll(c, 60)
		c.Events()
		c.Receive([]byte("250 queued\r\n"), 70)
		if got, want := spans(c), []span{{sample.Body, 60, 70}, {sample.SpanMessage, 10, 70}}; !slices.Equal(got, want) || c.State() != Ready {
			t.Errorf("got %v in state %d, want %v", got, c.State(), want)
		}
	}
}

// A server may refuse the client's side of a handshake when the client has finished it
// (RFC 8446, section 4.4). Then the handshake has failed.
func TestHandshakeRefusedAfterwards(t *testing.T) {
	var c Client
	c.Start(&Options{TLS: sample.TLSImplicit}, nil)
	c.Secured()
	c.Established(10)
	c.Lost(sample.TLSHandshake, "remote error: tls: certificate required", 20)
	events := c.Events()
	if len(events) != 1 || describe(events[0]) != "failed tls: tls-handshake: remote error: tls: certificate required" {
		t.Errorf("got %+v", events)
	}
}

func TestAwaiting(t *testing.T) {
	c := readyClient(t, &Options{})
	if p := c.Awaiting(); p != sample.SpanSession {
		t.Errorf("ready: awaiting %v", p)
	}
	c.Send(&small)
	for i, want := range []sample.Phase{sample.Mail, sample.Rcpt, sample.Data, sample.Body, sample.SpanSession} {
		if p := c.Awaiting(); p != want {
			t.Errorf("awaiting %v, want %v", p, want)
		}
		writeAll(c, 10)
		c.Receive([]byte([]string{"250 ok\r\n", "250 ok\r\n", "354 ok\r\n", "250 ok\r\n", ""}[i]), 20)
	}
}
