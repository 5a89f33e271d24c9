// Package loadgen loads an SMTP server as a plan says, and reports all that
// happens to a [sample.Recorder].
//
// Most callers want package gauge, which makes the plan from a scenario and the
// figures from what was recorded. Call loadgen if you make plans by yourself.
//
// # The way through
//
// A [Plan] has flows; each [Flow] says where it connects to ([Target]), what each
// connection does ([Session]), when and how much ([Load]), and which mail it sends.
// [New] prepares an [Engine] for a plan, and [Engine.Run] carries it out.
//
// The engine goes through the plan's rounds. In each round it runs the flows, all
// together or one after the other. What runs at the same time is a segment, and
// every shard runs a part of it. A shard has a goroutine with a netdrive.Driver, by
// itself or together with others (see [Options.Threads]). All the code below it runs on
// that goroutine, so there are no locks:
//
//   - loop.go waits for bytes, timers and due arrivals
//   - shard.go does what is due in a shard, and watches the clock
//   - flow.go takes one round of a flow from warm-up through the load to its drain
//   - closed.go and open.go decide when something begins, for the two kinds of load
//   - session.go and pump.go take one connection through its life; handler.go
//     takes what netdrive reports, record.go reports to the Recorder, and
//     cause.go finds out why a connection ended
//
// Package smtpwire decides what is said on a connection, netdrive moves its bytes,
// pace sets the times of arrivals, and mail makes what is sent.
//
// # What holds
//
//   - A shard's part of the load depends on nothing but the plan, the shard's
//     place and the number of shards, in this engine and in others that carry out
//     the same plan (see [Part]). All shards together do what one would do: the
//     same arrivals, messages, numbers, rows, accounts and addresses (deal.go).
//   - Arrivals of an open load are due at times set ahead. An arrival that cannot
//     begin waits, and its wait counts. One that never begins counts as failed.
//   - Every message attempted has one outcome, and every session begun completes
//     or fails, even if the run is stopped in the middle.
//   - Schedules and time limits use the monotonic clock. Samples use the wall
//     clock, with which the kernel stamps. A step of the wall clock is found and
//     reported.
//   - A run ends. After the load the engine waits no longer than the flow's time
//     limits and ten seconds for arrivals that were due.
package loadgen
