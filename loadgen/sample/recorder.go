package sample

import (
	"net/netip"
	"time"
)

// A Recorder takes what one shard of a run reports. All calls come from one
// goroutine, on the timed path: they must not block, and should not allocate.
// Durations are never negative. [Nothing] is a Recorder to embed.
type Recorder interface {
	// Service takes how long the server took for a phase or span.
	Service(s Series, p Phase, d time.Duration)
	// Response takes the time from when an arrival was due to the end of its
	// span. It is called under open load only.
	Response(s Series, span Phase, d time.Duration)
	// Lag takes the time from when an arrival was due to when it began. The
	// wait for a free session is part of it. It is called under open load only.
	Lag(s Series, span Phase, d time.Duration)
	// Late takes the generator's part of the lag: from when an arrival was due
	// to when the generator noticed it. It is called under open load only.
	Late(s Series, d time.Duration)
	// Delay takes how late the generator was with a reply: the time from its
	// kernel stamp to the reading of the user clock after it was read.
	Delay(s Series, d time.Duration)
	// Own takes the generator's part of a message's time: the sum of the times
	// from each reply to the command that answers it.
	Own(s Series, d time.Duration)
	// Unfinished takes how long a message took that ended before the reply to its
	// body, and so has no SpanMessage.
	Unfinished(s Series, d time.Duration)
	// Unstamped counts a reply that had no kernel stamp.
	Unstamped(s Series)

	// Message counts a message by its outcome, and how many of its recipients
	// the server accepted and rejected. now is the stage in which the message
	// ended: throughput counts those that ended in Steady.
	Message(s Series, o Outcome, now Stage, accepted, rejected int)
	// Expected counts a message that was rejected as the flow expects. It follows
	// the message's own call.
	Expected(s Series)
	// Unknown counts recipients that the server may have taken: the reply to
	// the message was lost, or in LMTP (RFC 2033) the reply for them.
	Unknown(s Series, recipients int)
	// Session counts a session's beginning or end.
	Session(s Series, e SessionEvent)
	// Greeting takes how the server at an address introduced itself to one of
	// the first sessions of a flow's round that connected there. The address is
	// the zero value for a Unix socket. The caller does not change g any more.
	Greeting(s Series, from netip.Addr, g *Greeting)
	// Visits takes what became of a flow's sessions at an address since the last
	// call for it. It is called before Tick, and when a round ends. There is no
	// call for a Unix socket.
	Visits(s Series, at netip.Addr, v Visits)
	// Failure counts a failure. The Recorder must not keep f after it returns.
	Failure(s Series, f *Failure)

	// Reach says which stage of its load a flow's round has come to. It is called
	// when each of them begins, and for loads of several stages only.
	Reach(s Series)
	// Window says when a stage of a flow's round began and ended in this
	// shard. It is called at the end of each stage, that of Drain included.
	Window(s Series, from, to Instant)
	// Tick ends an interval. It is called at each full second of the run, and
	// once more when the shard's run is over.
	Tick(t Tick)
}
