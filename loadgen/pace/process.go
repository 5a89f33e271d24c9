package pace

import (
	"math"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// A process lays arrivals out on the unit-rate axis.
type process struct {
	poisson bool
	seed    uint64

	// Poisson: the arrival last asked for and its position. The positions are
	// sums of gaps, always added in the same order, so they do not depend on
	// what was asked before.
	n   int64
	pos float64
}

func newProcess(p Process, seed uint64) process {
	// Mixing the seed keeps schedules of neighbouring seeds from being the
	// same one shifted.
	s := process{poisson: p == Poisson, seed: chance.At(seed, 0)}
	s.rewind()
	return s
}

func (s *process) rewind() { s.n, s.pos = 0, s.gap(0) }

// position returns where arrival n is. Where that is beyond end it may return
// any position beyond end.
func (s *process) position(n int64, end float64) float64 {
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

// gap returns the exponential gap before arrival n, of mean 1.
func (s *process) gap(n int64) float64 {
	return -math.Log(chance.Unit(chance.At(s.seed, uint64(n))))
}
