package tally

import (
	"slices"
	"time"
)

// A Processor is how much CPU a run's busiest shard had in an interval.
type Processor struct {
	Length time.Duration // of the interval
	Busy   float64       // share of it (0 to 1) that the shard's thread was on a CPU
	Waited float64       // share of it that a thread was ready to run and had no CPU
	Stood  time.Duration // how long a shard stood still, as sample.Tick has it
}

// MaxBusy bounds how many busy shares are kept: those of two hours.
const MaxBusy = 8192

// Processors add up the intervals of a run, in memory that does not grow with the
// run's length.
type Processors struct {
	busy           []float64 // of each second; in long runs, of one in every
	every, seen    int       // every is 0 for 1
	waited, wanted float64

	// How long the worst shard stood still, and how long all intervals were.
	Stood, Length time.Duration
}

// Add adds an interval.
func (list *Processors) Add(p Processor) {
	list.waited += p.Waited * float64(p.Length)
	list.wanted += (p.Busy + p.Waited) * float64(p.Length)
	list.Stood, list.Length = list.Stood+p.Stood, list.Length+p.Length
	for range min(maxSeconds, max(1, p.Length.Round(time.Second)/time.Second)) {
		if list.seen%max(1, list.every) == 0 {
			list.busy = append(list.busy, p.Busy)
		}
		list.seen++
	}
	if len(list.busy) > MaxBusy {
		list.thin()
	}
}

// maxSeconds is for how many seconds an interval counts at most.
const maxSeconds = 64

// thin keeps every other share.
func (list *Processors) thin() {
	kept := list.busy[:0]
	for i := 0; i < len(list.busy); i += 2 {
		kept = append(kept, list.busy[i])
	}
	list.busy, list.every = kept, 2*max(1, list.every)
}

// Merge adds the intervals of another run.
func (list *Processors) Merge(from *Processors) {
	list.waited += from.waited
	list.wanted += from.wanted
	list.Stood, list.Length = list.Stood+from.Stood, list.Length+from.Length
	list.seen += from.seen
	other := Processors{busy: slices.Clone(from.busy), every: from.every}
	for max(1, list.every) != max(1, other.every) {
		if list.every > other.every {
			other.thin()
		} else {
			list.thin()
		}
	}
	list.busy = append(list.busy, other.busy...)
	for len(list.busy) > MaxBusy {
		list.thin()
	}
}

// Busiest is the median of the seconds' busy shares, 0 to 1. One may be a little above 1,
// because the thread's clock and the interval's are not read at the same time.
func (list *Processors) Busiest() float64 {
	if len(list.busy) == 0 {
		return 0
	}
	shares := slices.Sorted(slices.Values(list.busy))
	return min(1, shares[len(shares)/2])
}

// Denied is the share (0 to 1) of the time a thread wanted a CPU in which it had none.
func (list *Processors) Denied() float64 {
	if list.wanted == 0 {
		return 0
	}
	return list.waited / list.wanted
}
