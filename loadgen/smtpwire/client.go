package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// A State is what a Client needs next from its driver.
type State uint8

// The states a Client can be in between two calls.
const (
	Waiting   State = iota // for replies; there may be bytes to write
	Handshake              // do the TLS handshake, then call Secured
	Ready                  // call Send or Quit, or stay idle
	Ended                  // close the connection
)

// A Client is one SMTP or LMTP session. Start begins a session, and begins another
// one when it has ended: the client keeps its buffers. Its methods must not be called
// at the same time.
type Client struct {
	o    *Options
	cred *Credentials
	t    *Transaction // under way; nil if none is

	out     []byte    // command octets; those before cut are in vec
	vec     [][]byte  // what to write, from first: commands and content
	queue   []awaited // outstanding replies, from head, oldest first
	events  []Event
	reply   reply
	hello   *introduction   // what Hello returns; nil unless Options.Capture
	auth    *authentication // under way; nil if none is
	quotes  *quoteStore     // what the events quote; nil if none does
	secrets *Secrets        // what no text may show
	early   *sample.Failure // the refusal of the message under way that came before all of it had left; nil if none did

	queued int64 // octets ever put into vec
	sent   int64 // octets of these that have left
	mailAt sample.Instant
	group  group // of pipelined commands
	sizeOf int64 // the SIZE offered; 0 for no limit
	chunk  int64 // with BDAT, octets of the content put into vec

	next     int32 // index of the recipient to name next
	accepted int32
	rejected int32
	cut      int32 // in out
	first    int32 // in vec
	head     int32 // in queue
	stamped  int32 // replies in the queue whose command has left

	mechs   mechanism
	offered extension
	state   State
	secured bool
	helo    bool // EHLO was refused, so HELO is tried
	taken   bool // the driver has taken the events
	begun   bool // MAIL was put into out
	open    bool // the server has a transaction open
	refused bool // the transaction can come to nothing, and the reason is reported
	data    bool // DATA, or the last chunk, was put into out
	trial   bool // the transaction ends before DATA
}

// An awaited is an outstanding reply.
type awaited struct {
	when  int64 // until sent, the offset in the output of the octet that it is timed from; then the Instant at which that left
	phase sample.Phase
	sent  bool
}

// Start begins a session with options o. It will authenticate with cred, unless that
// is nil. The client reads both as long as the session lasts. It is then Waiting for
// the banner, or needs the Handshake of implicit TLS.
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

// State returns what the client needs next.
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
	// The client must forget what it learned in the clear (RFC 3207 section 4.2).
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

// Send begins a mail transaction. It does nothing unless the client is Ready. If the
// server cannot take the message, by what it offered, the message fails without being
// sent and the client stays Ready. The class is then TooBig for a message over the
// SIZE offered, ChunkingMissing for BDAT without CHUNKING, and PermFail if SMTPUTF8 or
// 8BITMIME is needed and not offered, if there is no recipient or no content, or if an
// address has a line break in it.
func (c *Client) Send(t *Transaction) { c.transact(t, false) }

func (c *Client) transact(t *Transaction, trial bool) {
	c.begin()
	if c.state != Ready {
		return
	}
	c.t, c.trial = t, trial
	c.mailAt, c.chunk = 0, 0
	c.group = group{piped: c.pipelines()}
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

// SevenBit tells whether the server takes no octets over 127, because it does not
// offer 8BITMIME (RFC 6152). It is known when the client is Ready.
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
			// Somebody has injected replies, which would be taken for replies
			// under TLS (as in CVE-2021-38371).
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

// Lost tells the client that the session cannot go on, why, and since when. What was
// under way fails in its phase. A message is Unknown if its last octet has left and
// its reply has not come. The client is then Ended.
func (c *Client) Lost(class sample.Class, text string, at sample.Instant) {
	c.begin()
	if c.state == Ended {
		return
	}
	phase := c.Awaiting()
	if class == sample.TLSHandshake || class == sample.TLSCertificate {
		phase = sample.TLS // the server may refuse our side when we think the handshake is done
	}
	c.abandon(c.failure(phase, class, text), c.fate(), at)
}

// Awaiting returns the phase of the oldest outstanding reply, TLS during the
// handshake, and SpanSession if the client waits for nothing.
func (c *Client) Awaiting() sample.Phase {
	if int(c.head) < len(c.queue) {
		return c.queue[c.head].phase
	}
	if c.state == Handshake {
		return sample.TLS
	}
	return sample.SpanSession
}

// Events returns what happened since the last call. They belong to the client, and are
// valid until a method other than State, Awaiting and Pending is called.
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

// begin clears the events that were taken, at the beginning of a call that may report
// some.
func (c *Client) begin() {
	if c.taken {
		clear(c.events)
		c.events = c.events[:0]
		c.quotes.clear()
		c.taken = false
	}
}
