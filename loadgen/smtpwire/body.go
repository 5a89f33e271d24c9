package smtpwire

import (
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// answerGoAhead takes a 354. DATA may have been pipelined with recipients that were
// all refused, and some servers send 354 all the same. The client then sends an empty
// message (RFC 2920 section 3.1).
func (c *Client) answerGoAhead(at sample.Instant) {
	if !c.refused && !c.allRefused() {
		c.sendContent()
		return
	}
	if c.o.LMTP {
		// Without a recipient there is no reply to wait for (RFC 2033 section
		// 4.2), so the server must not send 354.
		c.abandon(c.failure(sample.Data, sample.Protocol, "354 to DATA without a recipient"), sample.Rejected, at)
		return
	}
	c.endMessage(sample.Rejected, at)
	c.open = false
	c.command(sample.Body, ".\r\n")
}

// lone tells whether a reply is to such an empty message. It says nothing about how
// the server handles messages, so it is neither timed nor counted.
func (c *Client) lone(p sample.Phase) bool { return p == sample.Body && c.t == nil }

func (c *Client) sendContent() {
	c.flush()
	for _, b := range c.t.Dotted {
		if len(b) > 0 {
			c.push(b)
		}
	}
	c.expectBody()
}

// expectBody expects the replies to the message whose last octet is the last in vec:
// one, or in LMTP one for each recipient (RFC 2033 section 4.2).
func (c *Client) expectBody() {
	n := int32(1)
	if c.o.LMTP {
		n = c.accepted
	}
	for ; n > 0; n-- {
		c.expect(sample.Body, c.queued-1)
	}
}

// sendChunks sends the next chunks of the message: as many as may be outstanding at
// once. LMTP sessions send one at a time, because no RFC says how many replies the
// last chunk gets after a refused one.
func (c *Client) sendChunks() {
	room := 1
	if c.group.piped && !c.o.LMTP {
		room = maxGroup
	}
	var total int64
	for _, b := range c.t.Raw {
		total += int64(len(b))
	}
	for ; room > 0 && !c.data; room-- {
		n := total - c.chunk
		if s := int64(c.o.ChunkSize); s > 0 {
			n = min(n, s)
		}
		c.sendChunk(n, c.chunk+n == total)
	}
}

// sendChunk sends n octets of the message (RFC 3030 section 2). All chunks except the
// last are Data, from the first octet of their command: the reply to them means that the
// server is ready for more.
func (c *Client) sendChunk(n int64, last bool) {
	if !last {
		c.await(sample.Data)
	}
	c.out = strconv.AppendInt(append(c.out, "BDAT "...), n, 10)
	if last {
		c.out = append(c.out, " LAST"...)
	}
	c.out = append(c.out, "\r\n"...)
	c.flush()
	skip, left := c.chunk, n
	for _, b := range c.t.Raw {
		if skip >= int64(len(b)) {
			skip -= int64(len(b))
			continue
		}
		if left == 0 {
			break
		}
		k := min(int64(len(b))-skip, left)
		c.push(b[skip : skip+k])
		skip, left = 0, left-k
	}
	c.chunk += n
	if last {
		c.data = true
		c.expectBody()
	}
}

// refusedEarly takes a refusal of a message of which not all has left. Only the final
// dot ends DATA, so the client sends the rest, and the refusal counts as the reply to
// it. If a second refusal comes in the meantime, the server does not read on, and the
// session ends. It ends as well with BDAT, because nobody knows at which chunk the
// server goes on to read, and in LMTP, because nobody knows how many replies are left.
func (c *Client) refusedEarly(at sample.Instant) {
	f := c.refusal(sample.Body)
	if c.o.BDAT || c.o.LMTP || c.early != nil {
		c.abandon(f, sample.Rejected, at)
		return
	}
	c.early = lastingCopy(f)
}

// takeEarly ends a message that was refused early, once all of it has left.
func (c *Client) takeEarly(at sample.Instant) {
	c.emitFailure(*c.early, at)
	c.pop()
	c.endMessage(sample.Rejected, at)
	c.open = false // the end of DATA ends the transaction
	c.reset()
}

// answerBody takes the last reply to the message.
func (c *Client) answerBody(at sample.Instant) {
	o := sample.Accepted
	if c.refused || c.reply.negative() && !c.o.LMTP || c.accepted == 0 {
		o = sample.Rejected
	}
	if !c.refused {
		c.emitTimed(sample.SpanMessage, c.mailAt, at)
	}
	c.endMessage(o, at)
	// The end of DATA ends the transaction, whether the message is accepted or
	// not (RFC 5321 section 4.1.1.4). After a refused BDAT only RSET ends it (RFC
	// 3030 section 2).
	c.open = c.o.BDAT && o == sample.Rejected
	c.reset()
}
