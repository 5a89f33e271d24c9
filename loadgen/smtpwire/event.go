package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// An EventKind is a kind of Event.
type EventKind uint8

// The kinds of Event.
const (
	Timed        EventKind = iota // Phase took from Start to End: a reply, rejections too, a group of them, or SpanMessage
	FailedEvent                   // Failure says what failed, and End when
	MessageEnded                  // Outcome and recipients; Start is 0 if MAIL was never sent
	SessionQuit                   // QUIT was answered at End: the session completed
	Greeted                       // only with Options.Capture: the last EHLO was answered at End, and Hello is complete
)

// An Event is what a Client reports. End is never before Start. Both are 0 for a
// message that failed without being sent, because no clock was read for it.
type Event struct {
	Kind       EventKind
	Phase      sample.Phase
	Outcome    sample.Outcome
	Start, End sample.Instant
	Failure    sample.Failure
	Accepted   int // recipients that the server took
	Rejected   int // recipients that it refused, at RCPT or after the body
	Unknown    int // recipients that it may have taken: the reply to the body was lost
}

func (c *Client) emit(e Event) {
	if c.events == nil {
		// A reply to the body makes three events.
		c.events = make([]Event, 0, 3)
	}
	c.events = append(c.events, e)
}

// emitTimed reports how long a phase took. The kernel may stamp a reply before the
// clock was read for its command, because the two are done at different places. Such a
// phase took no time.
func (c *Client) emitTimed(p sample.Phase, start, end sample.Instant) {
	if start != 0 {
		c.emit(Event{Kind: Timed, Phase: p, Start: start, End: max(start, end)})
	}
}

func (c *Client) emitFailure(f sample.Failure, at sample.Instant) {
	c.emit(Event{Kind: FailedEvent, Phase: f.Phase, End: at, Failure: f})
}
