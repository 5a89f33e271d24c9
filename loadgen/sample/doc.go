// Package sample holds the words of a run, for everybody who records one or reads
// what was recorded: the steps that a session is timed by ([Phase]), the reasons
// for a failure ([Class], [Failure]), what became of a message ([Outcome]), and
// the interface that a run reports to ([Recorder]).
//
// # The way through
//
// To watch a run, write a [Recorder] and give it to loadgen.New. Embed [Nothing]
// and write the methods for what you want to see; the example does that to count
// messages. Each sample names its [Series]: the flow, the round and the [Stage].
//
// Nothing here imports another package of this module. The SMTP client makes
// samples, the engine reports them, results keep them and criteria judge them,
// and none of these needs to know the others for it.
//
// # What holds
//
//   - Times are [Instant] values: nanoseconds on the wall clock. Durations are
//     time.Duration.
//   - Each enumeration has its names beside it. Scenarios, run files and tables
//     use these names, so a name does not change, and no file holds the number
//     behind a name.
package sample
