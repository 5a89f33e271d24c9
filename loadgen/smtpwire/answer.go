package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// handleReply takes a whole reply. It ends the phase of the oldest outstanding
// command, and the function of that phase decides what comes next. text is the last
// line of the reply.
func (c *Client) handleReply(text []byte, at sample.Instant) {
	if c.idle() || !c.queue[c.head].sent {
		c.handleUnasked(at)
		return
	}
	q := c.queue[c.head]
	if q.phase == sample.Auth && c.reply.is(3) {
		c.answerChallenge(text, at) // the phase goes on
		return
	}
	c.timeReply(q, at)
	if c.reply.code == 421 {
		c.busy(at, sample.Rejected)
		return
	}
	if !c.reply.negative() && !c.reply.is(c.positiveDigit(q.phase)) {
		c.breach("an unexpected positive reply", at)
		return
	}
	c.pop()
	switch q.phase {
	case sample.Banner:
		c.answerBanner(at)
	case sample.EHLO, sample.EHLOTLS:
		c.answerHello(at)
	case sample.StartTLS:
		c.answerStartTLS(at)
	case sample.Auth:
		c.answerAuth(at)
	case sample.Mail, sample.Rcpt, sample.Data, sample.Body:
		c.answerMessage(q.phase, at)
	case sample.Rset:
		c.answerReset(at)
	case sample.Quit:
		c.answerQuit(at)
	}
}

// positiveDigit returns the first digit that a positive reply must have in a phase.
func (c *Client) positiveDigit(p sample.Phase) uint16 {
	if p == sample.Data && !c.o.BDAT {
		return 3
	}
	return 2
}

// handleUnasked takes a reply without a command, or to a command that has not left. A
// server may send a 421 at any time (RFC 5321 section 3.8), and some refuse a message
// before they have all of it.
func (c *Client) handleUnasked(at sample.Instant) {
	early := c.t != nil && c.Awaiting() == sample.Body
	switch {
	case c.reply.code == 421 && early:
		c.busy(at, sample.Rejected)
	case c.reply.code == 421:
		c.busy(at, c.fate())
	case c.reply.negative() && early:
		c.refusedEarly(at)
	default:
		c.breach("a reply to no command", at)
	}
}

// refusal makes a Failure of the negative reply at hand.
func (c *Client) refusal(p sample.Phase) sample.Failure {
	code := int(c.reply.code)
	e, text := parseEnhanced(code, c.reply.refusalText())
	return sample.Failure{Phase: p, Class: classify(p, code, e, text), Enhanced: e, Code: code, Quote: c.quote(quote{text: text, cut: c.reply.cut()})}
}

// failure makes a Failure without a reply. A server may have a part in its text:
// errors can quote what it sent.
func (c *Client) failure(p sample.Phase, class sample.Class, text string) sample.Failure {
	return sample.Failure{Phase: p, Class: class, Quote: c.quote(quote{text: []byte(text)})}
}

// busy takes a 421: the server ends the session, and the message under way
// with outcome o.
func (c *Client) busy(at sample.Instant, o sample.Outcome) {
	if c.t != nil && c.o.LMTP && c.Awaiting() == sample.Body {
		left := int32(len(c.queue)) - c.head
		c.accepted -= left
		c.rejected += left
		if c.accepted > 0 {
			o = sample.Accepted
		}
	}
	c.abandon(c.refusal(c.Awaiting()), o, at)
}

// breach ends the session because the server broke the protocol.
func (c *Client) breach(what string, at sample.Instant) {
	c.abandon(c.failure(c.Awaiting(), sample.Protocol, what), c.fate(), at)
}

// abandon ends the session with failure f, and the message under way with outcome o.
// If the message was refused before all of it had left, that refusal counts.
func (c *Client) abandon(f sample.Failure, o sample.Outcome, at sample.Instant) {
	if c.early != nil {
		f, o = *c.early, sample.Rejected
	}
	c.emitFailure(f, at)
	if c.t != nil {
		c.endMessage(o, at)
	}
	c.end()
}

// fate returns the outcome of the message under way if the session breaks now. In
// LMTP it also settles what becomes of the recipients.
func (c *Client) fate() sample.Outcome {
	n := len(c.queue)
	switch {
	case c.t == nil:
		return sample.Failed
	case c.refused || c.allRefused():
		return sample.Rejected
	case n == 0 || c.queue[n-1].phase != sample.Body || !c.queue[n-1].sent:
		return sample.Failed
	case c.o.LMTP:
		// The server has taken the recipients that it answered for. Nobody
		// knows what became of the others.
		c.accepted -= int32(n) - c.head
		if c.accepted > 0 {
			return sample.Accepted
		}
	}
	return sample.Unknown
}
