package sample

import (
	"net/netip"
	"time"
)

// A Recorder takes what one shard of a run reports. Calls come from one
// goroutine, on the timed path: they must not block, and should not allocate.
// Durations are never negative.
type Recorder interface {
	// Service takes the time of a phase or span as the server caused it.
	Service(s Series, p Phase, d time.Duration)
	// Response takes the time from when an arrival was due to the end of its
	// span. Open load only.
	Response(s Series, span Phase, d time.Duration)
	// Lag takes the time from when an arrival was due to when it began,
	// waiting for a free session included. Open load only.
	Lag(s Series, span Phase, d time.Duration)
	// Late takes the generator's own part of that: from when an arrival was
	// due to when the scheduler got to it. Open load only.
	Late(s Series, d time.Duration)
	// Delay takes the generator's delay at a reply: from its kernel stamp to
	// the reading of the user clock after it was read.
	Delay(s Series, d time.Duration)
	// Own takes the generator's part of a message's time: from each reply to
	// the command that answers it.
	Own(s Series, d time.Duration)
	// Unstamped counts a reply that had no kernel stamp.
	Unstamped(s Series)

	// Message counts what became of a message, and of its recipients. now is
	// the stage it ended in: throughput is what ended in Steady.
	Message(s Series, o Outcome, now Stage, accepted, rejected int)
	// Unknown counts recipients that the server may have: the reply to the
	// message was lost, or in LMTP the one for them.
	Unknown(s Series, recipients int)
	// Session counts a session's beginning or end.
	Session(s Series, e SessionEvent)
	// Greeting takes how the server at an address introduced itself to one of
	// the first sessions of a flow's round that set out for it. The address is
	// the zero value for a Unix socket. g does not change any more.
	Greeting(s Series, from netip.Addr, g *Greeting)
	// Failure counts a failure. f is the caller's again on return.
	Failure(s Series, f *Failure)

	// Window says when a stage of a flow's round began and ended in this
	// shard. It is called when the stage has ended, Drain included.
	Window(s Series, from, to Instant)
	// Tick ends an interval. It is called once a second on the second, counted
	// from the start of the run, and once at the end of the shard's run.
	Tick(t Tick)
}
