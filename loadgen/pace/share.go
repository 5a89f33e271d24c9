package pace

import (
	"math/bits"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// A Share goes through the arrivals of a schedule that fall to one of several
// generators, in order. Each arrival falls to one of them, so together they make
// exactly the arrivals of the schedule, if their clocks agree.
//
// Clocks of different machines agree within an error only, so what falls to whom
// matters. Uniform arrivals are dealt out in turn: those of each generator are evenly
// spaced, and an error of the clocks shifts them among the others'. If the error is not
// small against the gap, the whole is not evenly spaced any more, but it stays near: at any
// time, each generator is ahead or behind by one arrival at the most. Poisson arrivals
// are dealt out at random. That splits the process into independent Poisson processes,
// each at its part of the rate, and independent ones add up to a Poisson process at
// the whole rate however they are shifted (Kingman, Poisson Processes, 1993, sections
// 2.2 and 5.1). Dealt out in turn they would not: clocks that differ by more than a few
// gaps would make the whole smoother than it should be.
type Share struct {
	index, count uint64
	poisson      bool
	seed         uint64
	number       int64
}

// NewShare returns the share of generator index, counted from 0, of count of them, in
// the schedule of that process and seed.
func NewShare(index, count int64, p Process, seed uint64) Share {
	// The seed is not that of the gaps: an arrival's generator must not depend on them.
	s := Share{index: uint64(index), count: uint64(count), poisson: p == Poisson, seed: chance.At(seed, 1), number: index}
	if s.poisson {
		s.number = -1
		s.Advance()
	}
	return s
}

// Number returns the number of the arrival that the share is at, for Schedule.At. At
// first that is its first arrival.
func (s *Share) Number() int64 { return s.number }

// Advance goes to the share's next arrival.
func (s *Share) Advance() {
	if !s.poisson {
		s.number += int64(s.count)
		return
	}
	for s.number++; s.owner(s.number) != s.index; s.number++ {
	}
}

// owner returns the index of the generator that a Poisson arrival falls to.
func (s *Share) owner(n int64) uint64 {
	high, _ := bits.Mul64(chance.At(s.seed, uint64(n)), s.count)
	return high
}
