package sample

import (
	"time"
)

// A Tick ends an interval and carries the shard's gauges.
type Tick struct {
	Shard    int
	From, To Instant       // wall clock
	Busy     time.Duration // CPU time of the shard's thread in the interval, but for what it waited awake; 0 where not known
	Waited   time.Duration // how long that thread was ready to run and had no CPU; 0 where not known
	Stood    time.Duration // how long its loop stood still with something to do, neither on a CPU nor waiting for one
	Open     []int         // sessions open now, by flow
	Peak     []int         // the most open at once in the interval, by flow
	Due      []int64       // arrivals due so far, by flow; open load only
	Begun    []int64       // arrivals begun so far, by flow; open load only
	Last     bool          // the shard's run is over
}
