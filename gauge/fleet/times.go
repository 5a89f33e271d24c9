package fleet

import "time"

// How a coordinator finds out what goes on.
const (
	orderEvery = 500 * time.Millisecond
	lookEvery  = 250 * time.Millisecond
	// quietFor is how long an agent may be silent before people are told that it is. An agent
	// that was restarted, or that came last, waits as long while the coordinator finds out
	// whether the one in its place is still there.
	quietFor = 2 * orderEvery
	// lostAfter is how long an agent may be silent before it counts as lost.
	lostAfter = 2500 * time.Millisecond
	// givenUpAfter is how long it is waited for, from its last word. By that time it has
	// stopped by itself, if it runs at all.
	givenUpAfter = 12 * time.Second
	// stuckAfter is how long an agent that is there may take for a step towards the start, and
	// how long for what drains at the end.
	stuckAfter = 10 * time.Minute
)

// How a run begins and ends.
const (
	// startsIn is how long before its start a run is announced: an order that is lost is sent
	// again meanwhile.
	startsIn = time.Second
	// segmentsIn is the same of the segments after the first, whose start is not told twice.
	segmentsIn = 300 * time.Millisecond
	// stopsWithin is how long a run that is stopped is waited for.
	stopsWithin = 5 * time.Second
	// lastLookWithin is how long the last look at the server is waited for.
	lastLookWithin = 2 * time.Second
	// leavesWithin is how long agents are waited for that are to know that the fleet is
	// dissolved.
	leavesWithin = time.Second
)

// How an agent finds out that nothing goes on.
const (
	helloEvery = time.Second
	// patience is how many seconds an agent goes on without a word from its coordinator. It
	// counts seconds in which it was awake: if the agent was stopped itself, that says
	// nothing of the coordinator.
	patience = 8
	// drainsWithin is how many seconds its load then has to end in order.
	drainsWithin = 2
	// resendAfter is how long what was sent may go unacknowledged.
	resendAfter = time.Second
)
