// Package smtpwire is the SMTP client as a state machine without I/O: reply
// bytes go in, command bytes and timed phases come out. It never reads a
// clock, opens a socket or starts a goroutine, so the same code is driven by
// an epoll loop, by goroutines and by a fuzzer.
//
// Whoever drives a [Client] looks at [Client.State] and does what it asks for:
//
//	c.Start(options, credentials)
//	c.Established(now)                     // after connecting, or the implicit handshake
//	for c.State() != smtpwire.Ended {
//		n := write(c.Pending())            // while there is any
//		c.Sent(n, before)                  // the clock, read just before the write
//		c.Receive(read())                  // with the kernel's stamp
//		handle(c.Events())
//		switch c.State() {
//		case smtpwire.Handshake:           // do it, then c.Secured()
//		case smtpwire.Ready:               // c.Send(&transaction), or c.Quit()
//		}
//	}
//
// What holds, whatever a server sends:
//
//   - Every [Client.Send] leads to exactly one [MessageEnded].
//   - [Ended] is final. A failure before the session is [Ready], a 421, bytes
//     that are no reply and a [Client.Lost] connection all lead there, without
//     a QUIT: such a session is over, and a polite end would only be timed as
//     if it had gone well.
//   - A rejected message does not end the session. RSET is sent where the
//     server still holds a transaction open, and the client is Ready again.
//   - Nothing grows beyond the bounds of [Options].
//
// A successful transaction allocates nothing once the client's buffers have
// their size.
package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// State is what a Client needs next from whoever drives it.
type State uint8

// The states a Client can be in between two calls.
const (
	Waiting   State = iota // replies are outstanding (and bytes may be pending)
	Handshake              // do the TLS handshake, then call Secured
	Ready                  // call Send or Quit, or stay idle
	Ended                  // over; close the connection
)

// A Client is one SMTP or LMTP session. Start begins one, and another when the
// last has ended: the buffers are kept. Its methods must not be called at the
// same time.
type Client struct {
	o    *Options
	cred *Credentials
	t    *Transaction // under way; nil where none is

	out     []byte    // command octets; those before cut are in vec
	vec     [][]byte  // what is to be written, from first: commands and content
	queue   []awaited // replies outstanding, from head, oldest first
	events  []Event
	reply   reply
	hello   *introduction   // what Hello tells of; nil unless Options.Capture
	auth    *authentication // under way; nil otherwise
	quotes  *quoteStore     // what the events quote; nil where none has
	secrets *Secrets        // what no text may say
	early   *sample.Failure // the message under way was refused before all of it has left; nil otherwise

	queued int64 // octets ever put into vec
	sent   int64 // octets of them that have left
	mailAt sample.Instant
	sizeOf int64 // the SIZE offered; 0 for no limit
	chunk  int64 // BDAT: octets of the content put into vec

	next     int32 // index of the next recipient to name
	accepted int32
	rejected int32
	cut      int32 // see out
	first    int32 // see vec
	head     int32 // see queue
	stamped  int32 // replies in the queue whose command has left

	offered extension
	mechs   mechanism
	state   State
	secured bool
	helo    bool // EHLO was refused, HELO is tried
	taken   bool // the driver has seen the events
	begun   bool // MAIL was put into out
	open    bool // the server holds a transaction open
	refused bool // and nothing can come of it: why is reported
	data    bool // DATA, or the last chunk, was put into out
}

// awaited is a reply outstanding.
type awaited struct {
	when  int64 // until sent, the offset in the output of the octet that counts; then the Instant it left
	phase sample.Phase
	sent  bool
}

// Start begins a session with options o, authenticating with cred unless it is
// nil. Both are read as long as the session lasts. The client is then Waiting
// for the banner, or asks for the Handshake of implicit TLS.
func (c *Client) Start(o *Options, cred *Credentials) {
	clear(c.vec)
	c.quotes.clear()
	*c = Client{
		o: o, cred: cred,
		out: c.out[:0], vec: c.vec[:0], queue: c.queue[:0], events: c.events[:0], quotes: c.quotes,
	}
	if c.secrets = o.Secrets; c.secrets == nil && cred != nil {
		c.secrets = NewSecrets([]Credentials{*cred})
	}
	if o.Capture {
		c.hello = new(introduction)
	}
	if o.TLS == sample.TLSImplicit {
		c.state = Handshake
		return
	}
	c.awaitBanner()
}

// State tells what the client needs next.
func (c *Client) State() State { return c.state }

// Secured tells the client that the TLS handshake is done.
func (c *Client) Secured() {
	c.begin()
	if c.state != Handshake {
		return
	}
	c.secured = true
	c.state = Waiting
	if c.o.TLS == sample.TLSImplicit {
		c.awaitBanner()
		return
	}
	// What was learned in the clear counts no more (RFC 3207 section 4.2).
	c.offered, c.mechs, c.sizeOf, c.helo = 0, 0, 0, false
	c.greet()
}

// Established tells the client when the Banner phase began: when the
// connection, or the handshake of implicit TLS, was done.
func (c *Client) Established(at sample.Instant) {
	c.begin()
	if int(c.head) < len(c.queue) && c.queue[c.head].phase == sample.Banner {
		c.queue[c.head].when = int64(at)
	}
}

// Send begins a mail transaction. It does nothing unless the client is Ready.
// A message the server cannot take, by what it offered, fails without being
// sent, and the client stays Ready: TooBig over the SIZE offered,
// ChunkingMissing, and PermFail where SMTPUTF8 or 8BITMIME is needed and not
// offered or where an address or the lack of one makes no command.
func (c *Client) Send(t *Transaction) {
	c.begin()
	if c.state != Ready {
		return
	}
	c.t = t
	c.mailAt, c.chunk = 0, 0
	c.next, c.accepted, c.rejected = 0, 0, 0
	c.begun, c.open, c.refused, c.data = false, false, false, false
	if class, text := c.unfit(t); class != sample.NoClass {
		c.emitFailure(c.failure(sample.Mail, class, text), 0)
		c.endMessage(sample.Failed, 0)
		return
	}
	c.state = Waiting
	c.sendGroup()
}

// SevenBit tells a Ready client's user that the server takes no octets over
// 127, as it does not offer 8BITMIME.
func (c *Client) SevenBit() bool { return c.offered&eightBitMIME == 0 }

// Quit ends the session in good order. It does nothing unless the client is
// Ready.
func (c *Client) Quit() {
	c.begin()
	if c.state != Ready {
		return
	}
	c.command(sample.Quit, "QUIT\r\n")
}

// Receive takes octets that arrived at the given time. p is not kept.
func (c *Client) Receive(p []byte, at sample.Instant) {
	c.begin()
	if c.state == Ended || len(p) == 0 {
		return
	}
	l := c.o.limits()
	for len(p) > 0 && c.state != Ended {
		if c.state == Handshake {
			// Somebody injected replies to be taken for secured ones (as in
			// CVE-2021-38371 and its kin).
			c.breach("octets in the clear where TLS was to begin", at)
			return
		}
		text, n, s := c.reply.next(p, l)
		p = p[n:]
		switch s {
		case continued:
			c.takeLine(text)
		case complete:
			c.takeLine(text)
			c.handleReply(text, at)
		case invalid:
			c.breach(string(text), at)
		}
	}
}

// Lost tells the client that the session cannot go on, why, and when. Whatever
// was under way fails in its phase; a message whose last octet has left and
// whose reply has not come is Unknown. The client is then Ended.
func (c *Client) Lost(class sample.Class, text string, at sample.Instant) {
	c.begin()
	if c.state == Ended {
		return
	}
	phase := c.Awaiting()
	if class == sample.TLSHandshake || class == sample.TLSCertificate {
		phase = sample.TLS // a server may refuse our side of it when we think it done
	}
	c.abandon(c.failure(phase, class, text), c.fate(), at)
}

// Awaiting returns the phase of the oldest outstanding reply, TLS where the
// handshake is, and SpanSession where the client waits for nothing.
func (c *Client) Awaiting() sample.Phase {
	if int(c.head) < len(c.queue) {
		return c.queue[c.head].phase
	}
	if c.state == Handshake {
		return sample.TLS
	}
	return sample.SpanSession
}

// Events returns what happened since the last call. They are the client's, and
// valid until the next call of a method other than State, Awaiting and
// Pending.
func (c *Client) Events() []Event {
	if c.taken {
		return nil
	}
	c.taken = true
	events := c.events
	if c.state != Waiting && cap(events)*eventSize > keep {
		c.events = nil
	}
	if c.quotes != nil && c.state != Waiting && cap(c.quotes.text) > keep {
		c.quotes = nil
	}
	return events
}

// begin opens a call that may report events.
func (c *Client) begin() {
	if c.taken {
		clear(c.events)
		c.events = c.events[:0]
		c.quotes.clear()
		c.taken = false
	}
}
