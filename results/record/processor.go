package record

import (
	"slices"
	"time"
)

// A processor is how a run's busiest shard stood with its CPU in an interval.
type processor struct {
	length time.Duration
	busy   float64 // of that time, what its thread was on a CPU
	waited float64 // of that time, what its thread was ready to run and had none
	stood  time.Duration
}

// maxBusy bounds the busy shares that are kept: those of two hours.
const maxBusy = 8192

// processors are those of a run's intervals, in memory that does not grow with
// them.
type processors struct {
	busy           []float64 // of each interval; of long runs, of one out of every
	every, seen    int       // every is 0 for 1
	waited, wanted float64

	// How long the shard stood still that did so most, and how long all the
	// intervals were.
	Stood, Length time.Duration
}

func (list *processors) add(p processor) {
	list.waited += p.waited * float64(p.length)
	list.wanted += (p.busy + p.waited) * float64(p.length)
	list.Stood, list.Length = list.Stood+p.stood, list.Length+p.length
	if list.seen%max(1, list.every) == 0 {
		list.busy = append(list.busy, p.busy)
	}
	list.seen++
	if len(list.busy) > maxBusy {
		list.thin()
	}
}

// thin keeps one out of two.
func (list *processors) thin() {
	kept := list.busy[:0]
	for i := 0; i < len(list.busy); i += 2 {
		kept = append(kept, list.busy[i])
	}
	list.busy, list.every = kept, 2*max(1, list.every)
}

// merge adds those of another run.
func (list *processors) merge(from *processors) {
	list.waited += from.waited
	list.wanted += from.wanted
	list.Stood, list.Length = list.Stood+from.Stood, list.Length+from.Length
	list.seen += from.seen
	other := processors{busy: slices.Clone(from.busy), every: from.every}
	for max(1, list.every) != max(1, other.every) {
		if list.every > other.every {
			other.thin()
		} else {
			list.thin()
		}
	}
	list.busy = append(list.busy, other.busy...)
	for len(list.busy) > maxBusy {
		list.thin()
	}
}

// Busiest is the median of the intervals' busy shares.
func (list *processors) Busiest() float64 {
	if len(list.busy) == 0 {
		return 0
	}
	shares := slices.Sorted(slices.Values(list.busy))
	return shares[len(shares)/2]
}

// Denied is of all the time in which a CPU was wanted, the share in which
// there was none.
func (list *processors) Denied() float64 {
	if list.wanted == 0 {
		return 0
	}
	return list.waited / list.wanted
}
