// Package loadgen runs a plan: it decides when sessions start and what each
// does, and reports what happened to a [sample.Recorder].
//
// # The way through
//
// An [Engine] goes through the plan's rounds, and in each through its flows,
// together or in turn. What runs at once is a segment; every shard runs its
// part of it. A shard is one goroutine on one netdrive.Driver, and everything
// below it is called from there, so there are no locks:
//
//   - shard.go waits for bytes, timers and due arrivals, and keeps the clock
//   - flow.go moves one round of a flow from warm-up over the load to its drain
//   - closed.go and open.go are the two policies of when something begins
//   - session.go and pump.go take one connection through its life; handler.go
//     is its side towards netdrive, record.go that towards the Recorder, and
//     cause.go says why a connection ended
//
// What is said on a connection is smtpwire's matter, how its bytes move is
// netdrive's, when arrivals are due is pace's, what is sent is mail's.
//
// # What holds
//
//   - A shard's part of the load is a pure function of the plan, its index and
//     the number of shards. Together the shards do what one would.
//   - Arrivals of an open load are due at times set ahead. One that cannot
//     begin waits, its wait counts, and one that never begins is counted as
//     failed: nothing is dropped in silence.
//   - Every message attempted has one outcome, every session begun completes
//     or fails, also when the run is stopped in the middle.
//   - Schedules and time limits go by the monotonic clock, samples by the wall
//     clock that the kernel stamps with. A step of the latter is found and
//     reported.
//   - A run ends: after the load nothing is waited for longer than the flow's
//     time limits and the grace for arrivals that were due.
package loadgen
