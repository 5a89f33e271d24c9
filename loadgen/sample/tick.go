package sample

import "time"

// A Tick ends an interval and says what the shard did in it. Lists have one
// entry for each flow of the plan, in its order.
type Tick struct {
	Shard    int
	From, To Instant       // the interval, on the wall clock
	Busy     time.Duration // CPU time of the shard's thread, less what it spent waiting awake; 0 if not known
	Waited   time.Duration // how long that thread was ready to run and had no CPU; 0 if not known
	Stood    time.Duration // how long the loop stood still although it had something to do: neither on a CPU nor waiting for one
	Open     []int         // sessions open now, by flow
	Peak     []int         // the most open at once in the interval, by flow
	Refused  []int         // the most sessions that were greeted and open when another was answered 421 in place of a greeting, so far, by flow
	Due      []int64       // arrivals due so far, by flow; open load only
	Begun    []int64       // arrivals begun so far, by flow; open load only
	Last     bool          // the shard's run is over
}
