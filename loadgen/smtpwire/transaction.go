package smtpwire

import (
	"bytes"
	"strconv"
)

// maxGroup is how many commands are pipelined at once (RFC 2920 section 3.1).
// Their replies fit into any socket buffer, so that a server which writes
// replies before it reads on never waits for a client which writes commands
// before it reads.
const maxGroup = 100

// unfit tells why the server cannot take t, by what it offered.
func (c *Client) unfit(t *Transaction) (Class, string) {
	switch {
	case c.o.BDAT && c.offered&chunking == 0:
		return ChunkingMissing, "BDAT was asked for and the server does not offer CHUNKING"
	case t.UTF8 && c.offered&smtpUTF8 == 0:
		return PermFail, "an address beyond ASCII needs SMTPUTF8, which the server does not offer (RFC 6531)"
	case t.EightBit && c.SevenBit():
		return PermFail, "the message has octets over 127, and the server does not offer 8BITMIME (RFC 6152)"
	case c.sizeOf > 0 && t.Size > c.sizeOf:
		return TooBig, "a message of " + strconv.FormatInt(t.Size, 10) +
			" octets is over the SIZE offered, " + strconv.FormatInt(c.sizeOf, 10)
	case !c.o.BDAT && len(t.Dotted) == 0:
		return PermFail, "a message without content for DATA"
	case len(t.To) == 0:
		return PermFail, "a message without a recipient"
	case breaks(t.From):
		return PermFail, "a line break in the sender's address"
	}
	for _, to := range t.To {
		if breaks(to) {
			return PermFail, "a line break in a recipient's address"
		}
	}
	return NoClass, ""
}

// breaks tells whether an address would end its command early.
func breaks(address []byte) bool {
	return bytes.IndexByte(address, '\r') >= 0 || bytes.IndexByte(address, '\n') >= 0
}

func (c *Client) pipelines() bool {
	return c.o.Pipelining == On || c.o.Pipelining == Auto && c.offered&pipelining != 0
}

// sendGroup sends the next commands of the envelope: as many as may be
// outstanding at once, which is one unless the session pipelines. DATA goes
// with the last recipients when it does, and once one is accepted when not.
func (c *Client) sendGroup() {
	room, piped := 1, c.pipelines()
	if piped {
		room = maxGroup
	}
	if !c.begun {
		c.sendMail()
		room--
	}
	to := c.t.To
	for ; room > 0 && int(c.next) < len(to); room-- {
		c.await(Rcpt)
		c.out = append(append(append(c.out, "RCPT TO:<"...), to[c.next]...), ">\r\n"...)
		c.next++
	}
	if room == 0 || int(c.next) < len(to) {
		return
	}
	switch {
	case !c.o.BDAT:
		c.data = true
		c.command(Data, "DATA\r\n")
	case c.accepted > 0:
		c.sendChunks()
	}
}

func (c *Client) sendMail() {
	t := c.t
	c.begun = true
	c.await(Mail)
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

// nobody tells whether the server refused every recipient.
func (c *Client) nobody() bool { return int(c.rejected) == len(c.t.To) }

// answerMessage takes a reply to a command of the transaction. What follows
// from an earlier refusal, such as a 503 to the RCPT pipelined after a refused
// MAIL, is timed like any reply but is no failure of its own.
func (c *Client) answerMessage(p Phase, at Instant) {
	if c.lone(p) {
		c.ready()
		return
	}
	no := c.reply.negative()
	if no && !c.refused && (p != Data || !c.nobody()) {
		c.failed(c.refusal(p), at)
	}
	switch p {
	case Mail:
		c.open, c.refused = !no, no
	case Rcpt:
		if !no {
			c.accepted++
		} else if !c.refused {
			c.rejected++
		}
	case Data:
		c.refused = c.refused || no
		if !no && !c.o.BDAT {
			c.answerGoAhead(at)
			return
		}
	case Body:
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

// proceed goes on once every reply to the last group is in.
func (c *Client) proceed(at Instant) {
	if c.refused || c.nobody() {
		c.endMessage(Rejected, at)
		c.reset()
		return
	}
	c.sendGroup()
}

// reset has the server forget a transaction that failed half-way. Where it
// holds none, because MAIL was refused or the message was answered for, there
// is nothing to forget.
func (c *Client) reset() {
	if !c.open {
		c.ready()
		return
	}
	c.open = false
	c.command(Rset, "RSET\r\n")
}

func (c *Client) answerReset(at Instant) {
	if c.reply.negative() {
		c.abandon(c.refusal(Rset), Failed, at)
		return
	}
	c.ready()
}

func (c *Client) answerQuit(at Instant) {
	if c.reply.negative() {
		c.failed(c.refusal(Quit), at)
	} else {
		c.emit(Event{Kind: SessionQuit, Phase: Quit, End: at})
	}
	c.end()
}

// endMessage reports what became of the message under way, and of each of its
// recipients. One accepted at RCPT is not, in the end, where the message is
// not, nor where LMTP has no reply for it.
func (c *Client) endMessage(o Outcome, at Instant) {
	if o == Rejected {
		c.rejected += c.accepted
	}
	if o != Accepted {
		c.accepted = 0
	}
	unknown := 0
	if o == Accepted || o == Unknown {
		unknown = len(c.t.To) - int(c.accepted) - int(c.rejected)
	}
	end := at
	if c.mailAt != 0 {
		end = max(at, c.mailAt)
	}
	c.emit(Event{
		Kind: MessageEnded, Phase: SpanMessage, Outcome: o, Start: c.mailAt, End: end,
		Accepted: int(c.accepted), Rejected: int(c.rejected),
		Unknown: unknown,
	})
	c.t, c.early = nil, nil
}
