package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// EventKind tells the events of a Client apart.
type EventKind uint8

// The kinds of Event.
const (
	Timed        EventKind = iota // Phase took from Start to End; every reply, also a rejection, and SpanMessage
	FailedEvent                   // Failure says what; End is when
	MessageEnded                  // Outcome and recipients; Start is 0 where MAIL was never sent
	SessionQuit                   // QUIT was answered, at End: the session completed
	Greeted                       // Options.Capture alone: EHLO was answered for the last time, at End, and Hello is whole
)

// An Event is what a Client reports. End is never before Start. Both are 0 for
// a message that failed without being sent: no clock was read for it.
type Event struct {
	Kind       EventKind
	Phase      sample.Phase
	Outcome    sample.Outcome
	Start, End sample.Instant
	Failure    sample.Failure
	Accepted   int // recipients the server took responsibility for
	Rejected   int // recipients it refused, at RCPT or with the body
	Unknown    int // recipients it may have, whose reply to the body was lost
}

func (c *Client) emit(e Event) {
	if c.events == nil {
		// Three is what a reply to the body makes; a group of pipelined
		// commands makes one each.
		c.events = make([]Event, 0, max(3, len(c.queue)))
	}
	c.events = append(c.events, e)
}

// emitTimed reports how long a phase took. A reply that arrived before the clock
// was read for its command took no time: the kernel's stamp and the clock's
// reading come from different places in the path.
func (c *Client) emitTimed(p sample.Phase, start, end sample.Instant) {
	if start != 0 {
		c.emit(Event{Kind: Timed, Phase: p, Start: start, End: max(start, end)})
	}
}

func (c *Client) emitFailure(f sample.Failure, at sample.Instant) {
	c.emit(Event{Kind: FailedEvent, Phase: f.Phase, End: at, Failure: f})
}
