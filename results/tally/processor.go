package tally

import (
	"slices"
	"time"
)

// A Processor is how a run's busiest shard stood with its CPU in an interval.
type Processor struct {
	Length time.Duration
	Busy   float64 // of that time, what its thread was on a CPU
	Waited float64 // of that time, what its thread was ready to run and had none
	Stood  time.Duration
}

// MaxBusy bounds the busy shares that are kept: those of two hours.
const MaxBusy = 8192

// Processors are those of a run's intervals, in memory that does not grow with
// them.
type Processors struct {
	busy           []float64 // of each interval; of long runs, of one out of every
	every, seen    int       // every is 0 for 1
	waited, wanted float64

	// How long the shard stood still that did so most, and how long all the
	// intervals were.
	Stood, Length time.Duration
}

func (list *Processors) Add(p Processor) {
	list.waited += p.Waited * float64(p.Length)
	list.wanted += (p.Busy + p.Waited) * float64(p.Length)
	list.Stood, list.Length = list.Stood+p.Stood, list.Length+p.Length
	if list.seen%max(1, list.every) == 0 {
		list.busy = append(list.busy, p.Busy)
	}
	list.seen++
	if len(list.busy) > MaxBusy {
		list.thin()
	}
}

// thin keeps one out of two.
func (list *Processors) thin() {
	kept := list.busy[:0]
	for i := 0; i < len(list.busy); i += 2 {
		kept = append(kept, list.busy[i])
	}
	list.busy, list.every = kept, 2*max(1, list.every)
}

// Merge adds those of another run.
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

// Busiest is the median of the intervals' busy shares.
func (list *Processors) Busiest() float64 {
	if len(list.busy) == 0 {
		return 0
	}
	shares := slices.Sorted(slices.Values(list.busy))
	return shares[len(shares)/2]
}

// Denied is of all the time in which a CPU was wanted, the share in which
// there was none.
func (list *Processors) Denied() float64 {
	if list.wanted == 0 {
		return 0
	}
	return list.waited / list.wanted
}
