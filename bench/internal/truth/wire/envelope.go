package wire

import "time"

// An envelope is MAIL, RCPT and DATA of one transaction. If a command leaves before the one
// ahead of it is answered, the envelope is pipelined, and has one time in place of three.
type envelope struct {
	piped  bool
	unread int           // commands that have left and have no reply yet
	from   Time          // when the first of them left
	took   time.Duration // while any had none
	ended  bool          // its time is known
}

// leaves notes that the next command begins to leave.
func (e *envelope) leaves(at Time) {
	if e.unread == 0 {
		e.from = at
	}
	e.piped = e.piped || e.unread > 0
	e.unread++
}

// answerEnvelope takes the reply to a command of an envelope.
func (c *conversation) answerEnvelope(p pending, at Time) {
	e := p.group
	e.unread--
	if e.unread == 0 {
		e.took += at.Sub(e.from)
	}
	switch {
	case !e.piped:
		c.to.sample(p.phase, p.from, at)
	case p.phase == Data:
		c.envelopeTook(e)
	}
}

// giveUp ends an envelope that was refused before DATA had left.
func (c *conversation) giveUp() {
	if e := c.sending; e != nil && e.piped && e.unread == 0 && !e.ended {
		c.envelopeTook(e)
	}
}

func (c *conversation) envelopeTook(e *envelope) {
	e.ended = true
	c.to.Samples[Envelope] = append(c.to.Samples[Envelope], e.took)
}
