package results

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

// processors are those of a run, one an interval.
type processors []processor

// busiest is the median of the intervals' busy shares.
func (list processors) busiest() float64 {
	if len(list) == 0 {
		return 0
	}
	var shares []float64
	for _, p := range list {
		shares = append(shares, p.busy)
	}
	slices.Sort(shares)
	return shares[len(shares)/2]
}

// denied is of all the time in which a CPU was wanted, the share in which
// there was none.
func (list processors) denied() float64 {
	var waited, wanted float64
	for _, p := range list {
		waited += p.waited * float64(p.length)
		wanted += (p.busy + p.waited) * float64(p.length)
	}
	if wanted == 0 {
		return 0
	}
	return waited / wanted
}

// stood is how long the shard stood still that did so most, and length how long
// all the intervals were.
func (list processors) stood() (stood, length time.Duration) {
	for _, p := range list {
		stood, length = stood+p.stood, length+p.length
	}
	return stood, length
}
