package smtpwire

import (
	"bytes"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// maxGroup is how many commands are pipelined at once (RFC 2920 section 3.1). Their
// replies fit into any socket buffer. Otherwise client and server could both wait for
// the other to read.
const maxGroup = 100

// unfit returns why the server cannot take t, by what it offered; NoClass if it can.
func (c *Client) unfit(t *Transaction) (sample.Class, string) {
	switch {
	case c.o.BDAT && c.offered&chunking == 0:
		return sample.ChunkingMissing, "BDAT was asked for and the server does not offer CHUNKING"
	case t.UTF8 && c.offered&smtpUTF8 == 0:
		return sample.PermFail, "an address beyond ASCII needs SMTPUTF8, which the server does not offer (RFC 6531)"
	case t.EightBit && c.SevenBit():
		return sample.PermFail, "the message has octets over 127, and the server does not offer 8BITMIME (RFC 6152)"
	case c.sizeOf > 0 && t.Size > c.sizeOf:
		return sample.TooBig, "a message of " + strconv.FormatInt(t.Size, 10) +
			" octets is over the SIZE offered, " + strconv.FormatInt(c.sizeOf, 10)
	case !c.o.BDAT && len(t.Dotted) == 0:
		return sample.PermFail, "a message without content for DATA"
	case len(t.To) == 0:
		return sample.PermFail, "a message without a recipient"
	case hasLineBreak(t.From):
		return sample.PermFail, "a line break in the sender's address"
	}
	for _, to := range t.To {
		if hasLineBreak(to) {
			return sample.PermFail, "a line break in a recipient's address"
		}
	}
	return sample.NoClass, ""
}

// hasLineBreak tells whether an address has a line break, which would end its command.
func hasLineBreak(address []byte) bool {
	return bytes.IndexByte(address, '\r') >= 0 || bytes.IndexByte(address, '\n') >= 0
}

func (c *Client) pipelines() bool {
	if c.trial {
		return false // so that each command has its time
	}
	return c.o.Pipelining == sample.On || c.o.Pipelining == sample.Auto && c.offered&pipelining != 0
}

// sendGroup sends the next commands of the envelope. Without pipelining that is one
// command, and DATA follows when a recipient is accepted. With pipelining it is as many
// as may be outstanding at once, and DATA goes with the last recipients. BDAT waits for the
// replies to all of them, so that the message's octets are not timed with the envelope.
func (c *Client) sendGroup() {
	room := 1
	if c.group.piped {
		room = maxGroup
	}
	if !c.begun {
		c.sendMail()
		room--
	}
	to := c.t.To
	for ; room > 0 && int(c.next) < len(to); room-- {
		c.await(sample.Rcpt)
		c.out = append(append(append(c.out, "RCPT TO:<"...), to[c.next]...), ">\r\n"...)
		c.next++
	}
	if room == 0 || int(c.next) < len(to) {
		return
	}
	switch {
	case c.trial:
	case !c.o.BDAT:
		c.data = true
		c.command(sample.Data, "DATA\r\n")
	case c.accepted > 0 && c.idle():
		c.sendChunks()
	}
}

func (c *Client) sendMail() {
	t := c.t
	c.begun = true
	c.await(sample.Mail)
	out := append(append(append(c.out, "MAIL FROM:<"...), t.From...), '>')
	if c.offered&size != 0 && t.Size > 0 {
		out = strconv.AppendInt(append(out, " SIZE="...), t.Size, 10)
	}
	if t.EightBit {
		out = append(out, " BODY=8BITMIME"...)
	}
	if t.UTF8 {
		out = append(out, " SMTPUTF8"...)
	}
	c.out = append(out, "\r\n"...)
}

// allRefused tells whether the server has refused every recipient.
func (c *Client) allRefused() bool { return int(c.rejected) == len(c.t.To) }

// answerMessage takes a reply to a command of the transaction. A refusal may follow from
// an earlier one, such as a 503 to a RCPT that was pipelined after a refused MAIL. It is
// timed like every reply, but it is not another failure.
func (c *Client) answerMessage(p sample.Phase, at sample.Instant) {
	if c.lone(p) {
		c.becomeReady()
		return
	}
	no := c.reply.negative()
	if no && !c.refused && (p != sample.Data || !c.allRefused()) {
		c.emitFailure(c.refusal(p), at)
	}
	switch p {
	case sample.Mail:
		c.open, c.refused = !no, no
	case sample.Rcpt:
		if !no {
			c.accepted++
		} else if !c.refused {
			c.rejected++
		}
	case sample.Data:
		c.refused = c.refused || no
		if !no && !c.o.BDAT {
			c.answerGoAhead(at)
			return
		}
	case sample.Body:
		if c.o.LMTP && no {
			c.accepted--
			c.rejected++
		}
		if c.idle() {
			c.answerBody(at)
		}
		return
	}
	if c.idle() {
		c.proceed(at)
	}
}

// proceed goes on when all replies to the last group have come.
func (c *Client) proceed(at sample.Instant) {
	if c.refused || c.allRefused() {
		c.timeUnfinished(at)
		c.endMessage(sample.Rejected, at)
		c.reset()
		return
	}
	if c.trial && int(c.next) == len(c.t.To) {
		c.endMessage(sample.Accepted, at)
		c.reset()
		return
	}
	c.sendGroup()
}

// reset makes the server forget a transaction that failed half-way. If it has none open,
// because MAIL was refused or the message is answered, the client is Ready at once.
func (c *Client) reset() {
	if !c.open {
		c.becomeReady()
		return
	}
	c.open = false
	c.command(sample.Rset, "RSET\r\n")
}

func (c *Client) answerReset(at sample.Instant) {
	if c.reply.negative() {
		c.abandon(c.refusal(sample.Rset), sample.Failed, at)
		return
	}
	c.becomeReady()
}

func (c *Client) answerQuit(at sample.Instant) {
	if c.reply.negative() {
		c.emitFailure(c.refusal(sample.Quit), at)
	} else {
		c.emit(Event{Kind: SessionQuit, Phase: sample.Quit, End: at})
	}
	c.end()
}

// endMessage reports what became of the message under way, and of each of its
// recipients. A recipient that was accepted at RCPT does not count as accepted if the
// message is not, or if no reply for it came in LMTP.
func (c *Client) endMessage(o sample.Outcome, at sample.Instant) {
	if o == sample.Rejected {
		c.rejected += c.accepted
	}
	if o != sample.Accepted {
		c.accepted = 0
	}
	unknown := 0
	if o == sample.Accepted || o == sample.Unknown {
		unknown = len(c.t.To) - int(c.accepted) - int(c.rejected)
	}
	end := at
	if c.mailAt != 0 {
		end = max(at, c.mailAt)
	}
	c.emit(Event{
		Kind: MessageEnded, Phase: sample.SpanMessage, Outcome: o, Start: c.mailAt, End: end,
		Accepted: int(c.accepted), Rejected: int(c.rejected),
		Unknown: unknown,
	})
	c.t, c.early = nil, nil
}
