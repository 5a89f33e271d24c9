// Package fleet carries a run out on several machines: one coordinator and its agents.
//
// A fleet is one generator whose shards are in several processes. Each agent has a place
// among all shards (loadgen.Part), and what falls to it follows from the scenario and that
// place alone; agents share nothing while they load. Each writes a run file of its own, as
// gauge.Job.Run does. The coordinator gets the same octets over the bus each second, and
// makes one run of them (record.Union).
//
// # How they talk
//
// The coordinator says every half second, in one Order, everything that an agent is to have
// done by now; the agent answers with one Status, everything that it has done. So no
// message is needed by itself: after a gap both know what is missing. Only the pieces of
// a scenario and of a run file travel apart, numbered by their place in the whole, and are
// sent again until they are acknowledged. What was counted is therefore neither forgotten
// nor counted twice. Order and Status have the four timestamps that the clocks are compared
// by.
//
// # The course of a run
//
// Hello to all coordinators → Call → Hello to the caller → Order with a place → pieces of the
// scenario → Status.Loaded → Order.Probe → Status.Probed → Order.Begin → Status.Waits 1 →
// Order.Segments 1 at a time of the agent's own clock → deltas, and for each further segment
// Waits and Segments → Status.Ended with length and SHA-256 of the file → Order.Over. After the
// last run: Order.Leave → Status.Gone.
//
// # The server's own side
//
// An agent on the server's machine may look at the server in place of loading it ([Watch]).
// It is none of those that share the load, but it has the same orders, and so its clock is
// known. Once a second it sends what it has seen and was not acknowledged. The coordinator
// brings that to its own time axis, and each sample says how wrong its times can be. A run
// waits for it to come back if it is lost before the start, as long as for an agent, and then
// goes on without it.
//
// # Losses
//
// An agent that is silent for some seconds is lost: the run goes on without it, and its share
// is given to nobody. If it comes back, what it wrote meanwhile is sent. If it is started again,
// it has its place again once the run is over. A coordinator that is
// silent for longer is given up: the agent stops, and its file is complete for record.Merge.
// The times are in times.go.
//
// # Where things are
//
// An agent's side is in the files that begin with agent: [Serve] and its run, its scenario,
// and [Watch]; what both have in common is in agentfollow.go. The coordinator's is in the others:
// [Fleet] with its roster and places, its run, and the watcher that it hears of.
package fleet
