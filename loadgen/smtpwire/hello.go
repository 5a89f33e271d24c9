package smtpwire

import (
	"bytes"
	"cmp"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An extension is a set of things that EHLO can offer.
type extension uint8

const (
	pipelining   extension = 1 << iota // RFC 2920
	size                               // RFC 1870
	startTLS                           // RFC 3207
	eightBitMIME                       // RFC 6152
	smtpUTF8                           // RFC 6531
	chunking                           // RFC 3030
)

var extensions = []struct {
	keyword string
	bit     extension
}{
	{"PIPELINING", pipelining},
	{"SIZE", size},
	{"STARTTLS", startTLS},
	{"8BITMIME", eightBitMIME},
	{"SMTPUTF8", smtpUTF8},
	{"CHUNKING", chunking},
}

func (c *Client) awaitBanner() {
	c.await(sample.Banner)
	// Established sets when it began, because no octet of ours begins it.
	c.queue[len(c.queue)-1] = awaited{phase: sample.Banner, sent: true}
}

func (c *Client) answerBanner(at sample.Instant) {
	if c.reply.negative() {
		c.abandon(c.refusal(sample.Banner), sample.Failed, at)
		return
	}
	c.greet()
}

// greet sends EHLO, or HELO if EHLO was refused, or LHLO.
func (c *Client) greet() {
	verb := "EHLO "
	switch {
	case c.o.LMTP:
		verb = "LHLO "
	case c.helo:
		verb = "HELO "
	}
	c.await(c.helloPhase())
	c.out = append(append(append(c.out, verb...), c.name()...), "\r\n"...)
	if c.hello != nil {
		c.hello.forget(c.secured)
	}
}

// name returns the name that the client gives itself.
func (c *Client) name() string { return cmp.Or(c.o.Name, "localhost") }

// helloPhase is the phase of the next EHLO. After STARTTLS it is a phase of its own: the
// server answers it as the first thing under TLS, and may take far longer.
func (c *Client) helloPhase() sample.Phase {
	if c.secured && c.o.TLS == sample.TLSStart {
		return sample.EHLOTLS
	}
	return sample.EHLO
}

// takeLine takes a line of a reply. It may be the last.
func (c *Client) takeLine(text []byte) {
	if c.idle() || c.reply.negative() {
		return
	}
	p := c.queue[c.head].phase
	hello := p == sample.EHLO || p == sample.EHLOTLS
	switch {
	case p == sample.Banner && c.hello != nil:
		c.hello.banner.add(text)
	case hello && c.helo: // the reply to HELO offers nothing (RFC 5321 section 4.1.1.1)
		if c.hello != nil && c.reply.lines == 1 {
			c.hello.offers(c.secured).add(text)
		}
	case hello:
		if c.hello != nil {
			c.hello.offers(c.secured).add(text)
		}
		if c.reply.lines > 1 {
			c.offer(text)
		}
	}
}

// offer takes a line of what EHLO offers (RFC 5321 section 4.1.1.1).
func (c *Client) offer(line []byte) {
	keyword, args, _ := bytes.Cut(line, []byte{' '})
	// It was written AUTH=LOGIN before RFC 2554, and some servers still do.
	if len(keyword) >= 5 && bytes.EqualFold(keyword[:5], []byte("AUTH=")) {
		c.mechs |= mechanismsIn(keyword[5:])
		keyword = keyword[:4]
	}
	if bytes.EqualFold(keyword, []byte("AUTH")) {
		c.mechs |= mechanismsIn(args)
		return
	}
	for _, e := range extensions {
		if bytes.EqualFold(keyword, []byte(e.keyword)) {
			c.offered |= e.bit
			if e.bit == size {
				c.sizeOf = decimal(args)
			}
			return
		}
	}
}

// decimal reads a number. If there is none, or one that is far too large, it returns
// 0, which means no limit for SIZE (RFC 1870).
func decimal(b []byte) int64 {
	b = bytes.TrimSpace(b)
	if len(b) > 18 {
		return 0
	}
	var n int64
	for _, d := range b {
		if !digit(d) {
			return 0
		}
		n = n*10 + int64(d-'0')
	}
	return n
}

func (c *Client) answerHello(at sample.Instant) {
	if c.reply.negative() {
		if c.reply.is(5) && !c.helo && !c.o.LMTP {
			c.helo = true // RFC 5321 section 3.2
			c.greet()
			return
		}
		c.abandon(c.refusal(c.helloPhase()), sample.Failed, at)
		return
	}
	switch {
	case c.o.TLS != sample.TLSStart || c.secured:
		c.emitGreeted(at)
		c.authenticate(at)
	case c.offered&startTLS == 0:
		c.emitGreeted(at)
		c.failSetUp(sample.StartTLS, sample.StartTLSMissing, "the server does not offer STARTTLS", at)
	default:
		c.command(sample.StartTLS, "STARTTLS\r\n")
	}
}

func (c *Client) answerStartTLS(at sample.Instant) {
	if c.reply.negative() {
		c.abandon(c.refusal(sample.StartTLS), sample.Failed, at)
		return
	}
	if c.unsent() {
		c.failSetUp(sample.StartTLS, sample.Protocol, "a reply to half a command", at)
		return
	}
	c.state = Handshake
}

// failSetUp ends a session that lacks something it needs to begin.
func (c *Client) failSetUp(p sample.Phase, class sample.Class, text string, at sample.Instant) {
	c.abandon(c.failure(p, class, text), sample.Failed, at)
}
