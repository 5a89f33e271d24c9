package pace

import (
	"math"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// positions are the places of arrivals on an axis on which the rate is one.
type positions struct {
	poisson bool
	seed    uint64

	// Poisson: the arrival last asked for and its position. Each position is a
	// sum of gaps, always added in the same order, so it does not depend on
	// what was asked before.
	n   int64
	pos float64
}

func newPositions(p Process, seed uint64) positions {
	// The seed is mixed. Otherwise the schedule of the next seed would be the
	// same one, shifted.
	s := positions{poisson: p == Poisson, seed: chance.At(seed, 0)}
	s.rewind()
	return s
}

func (s *positions) rewind() { s.n, s.pos = 0, s.gap(0) }

// of returns the position of arrival n. If that is beyond end, it may return any
// position beyond end.
func (s *positions) of(n int64, end float64) float64 {
	if !s.poisson {
		return float64(n) + 0.5
	}
	if n < s.n {
		s.rewind()
	}
	for s.n < n && s.pos < end {
		s.n++
		s.pos += s.gap(s.n)
	}
	return s.pos
}

// gap returns the gap before arrival n: exponential, with a mean of 1.
func (s *positions) gap(n int64) float64 {
	return -math.Log(chance.Unit(chance.At(s.seed, uint64(n))))
}
