package smtpwire

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A group is commands of a transaction that leave together, pipelined (RFC 2920). Their
// replies overlap in time: each waits for those before it. So the group is timed as one,
// from the first octet of its first command to the last octet of its last reply.
type group struct {
	piped bool           // the transaction is pipelined
	begun sample.Instant // when the first octet of the group under way left; 0 before its first reply
	took  time.Duration  // the groups before, if the envelope takes several
}

// timeReply times the reply at hand, which is to q. Of the replies of a group, and of
// those to the body in LMTP, the last one ends the phase of all.
func (c *Client) timeReply(q awaited, at sample.Instant) {
	start, last := sample.Instant(q.when), int(c.head)+1 == len(c.queue)
	switch p := q.phase; {
	case p == sample.Body && (!last || c.lone(p)):
	case c.group.piped && (p == sample.Mail || p == sample.Rcpt || p == sample.Data):
		c.timeInGroup(p, start, last, at)
	default:
		c.emitTimed(p, start, at)
	}
}

// timeInGroup times a reply to a pipelined command that left at start. The envelope may take several groups:
// then it took as long as all of them together, without the client's own time between.
// BDAT chunks that leave with the last one are not timed: the reply to that ends Body.
func (c *Client) timeInGroup(p sample.Phase, start sample.Instant, last bool, at sample.Instant) {
	g := &c.group
	if g.begun == 0 {
		g.begun = start
	}
	if !last {
		return
	}
	took := max(0, at.Sub(g.begun))
	g.begun = 0
	switch chunks := c.o.BDAT; {
	case chunks && p == sample.Data:
		c.emitTook(sample.Data, took, at)
	case chunks && int(c.next) == len(c.t.To):
		c.emitTook(sample.MailRcpt, g.took+took, at)
	case p == sample.Data:
		c.emitTook(sample.MailRcptData, g.took+took, at)
	default:
		g.took += took
	}
}

// timeUnfinished times a pipelined envelope that was refused before all of it had left.
func (c *Client) timeUnfinished(at sample.Instant) {
	switch {
	case !c.group.piped || int(c.next) == len(c.t.To) && (c.o.BDAT || c.data):
	case c.o.BDAT:
		c.emitTook(sample.MailRcpt, c.group.took, at)
	default:
		c.emitTook(sample.MailRcptData, c.group.took, at)
	}
}

// emitTook reports a phase that ended at some time, and how long it took.
func (c *Client) emitTook(p sample.Phase, took time.Duration, at sample.Instant) {
	c.emit(Event{Kind: Timed, Phase: p, Start: at - sample.Instant(took), End: at})
}
