package smtpwire

import (
	"slices"
	"unsafe"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// keep is how many octets of a buffer an idle client keeps.
const keep = 4096

const (
	eventSize   = int(unsafe.Sizeof(Event{}))
	awaitedSize = int(unsafe.Sizeof(awaited{}))
	sliceSize   = int(unsafe.Sizeof([]byte{}))
)

// Pending returns the octets to write, in order; nothing if there are none. The slices
// belong to the client and must not be changed. net.Buffers.WriteTo changes its slices,
// so it needs a copy.
func (c *Client) Pending() [][]byte {
	c.flush()
	return c.vec[c.first:]
}

// Sent tells the client that n octets of Pending have left, and the time just before
// they were written. A phase begins at that time if the first octet of its command is
// among them, or the last octet of the message for Body. A message that was refused
// before all of it had left ends with its last octet.
func (c *Client) Sent(n int, at sample.Instant) {
	c.begin()
	c.flush()
	for n > 0 && int(c.first) < len(c.vec) {
		b := c.vec[c.first]
		k := min(n, len(b))
		c.vec[c.first] = b[k:]
		c.sent += int64(k)
		n -= k
		if k == len(b) {
			c.first++
		}
	}
	for int(c.stamped) < len(c.queue) {
		q := &c.queue[c.stamped]
		if !q.sent && q.when >= c.sent {
			break
		}
		if !q.sent {
			q.when, q.sent = int64(at), true
			if q.phase == sample.Mail {
				c.mailAt = at
			}
		}
		c.stamped++
	}
	if int(c.first) == len(c.vec) {
		c.releaseBuffers()
	}
	if c.early != nil && c.queue[c.head].sent {
		c.takeEarly(at)
	}
}

// releaseBuffers empties the buffers when everything has left.
func (c *Client) releaseBuffers() {
	clear(c.vec) // so that the caller's content can be freed
	c.vec, c.first = c.vec[:0], 0
	c.out, c.cut = c.out[:0], 0
}

// flush moves the commands written since the last flush to vec.
func (c *Client) flush() {
	if n := len(c.out); n > int(c.cut) {
		c.push(c.out[c.cut:])
		c.cut = int32(n)
	}
}

func (c *Client) push(b []byte) {
	c.vec = append(c.vec, b)
	c.queued += int64(len(b))
}

// await expects a reply that is timed from the next octet put into out.
func (c *Client) await(p sample.Phase) {
	c.expect(p, c.queued+int64(len(c.out)-int(c.cut)))
}

// expect expects a reply that is timed from when the octet at that offset leaves.
func (c *Client) expect(p sample.Phase, offset int64) {
	if c.queue == nil {
		c.queue = make([]awaited, 0, 4)
	}
	c.queue = append(c.queue, awaited{when: offset, phase: p})
}

// command sends a command that is not pipelined with others.
func (c *Client) command(p sample.Phase, line string) {
	c.state = Waiting
	c.await(p)
	c.out = append(c.out, line...)
}

// idle tells whether no reply is outstanding.
func (c *Client) idle() bool { return int(c.head) == len(c.queue) }

// unsent tells whether there are octets that have not left.
func (c *Client) unsent() bool { return int(c.first) < len(c.vec) || len(c.out) > int(c.cut) }

// pop removes the oldest reply from the queue.
func (c *Client) pop() {
	c.head++
	c.stamped = max(c.stamped, c.head)
	if c.idle() {
		c.queue, c.head, c.stamped = c.queue[:0], 0, 0
	}
}

// becomeReady makes the client wait for Send or Quit, with little memory.
func (c *Client) becomeReady() {
	c.state = Ready
	if c.unsent() {
		return
	}
	if cap(c.out) > keep {
		c.out = nil
	}
	if cap(c.vec)*sliceSize > keep {
		c.vec = nil
	}
	if cap(c.queue)*awaitedSize > keep {
		c.queue = nil
	}
	if k := c.reply.kept; k != nil && cap(k.line)+cap(k.text) > keep {
		c.reply.kept = &kept{line: slices.Clone(k.line)}
	}
}

// end ends the session, and frees everything except small buffers.
func (c *Client) end() {
	c.becomeReady()
	c.state = Ended
	c.releaseBuffers()
	c.queue, c.head, c.stamped = c.queue[:0], 0, 0
	c.auth, c.cred, c.t = nil, nil, nil
	c.reply = reply{}
}
