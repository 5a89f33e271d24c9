package pace

import (
	"math"
	"time"
)

// A Schedule gives the due time of every arrival of a load.
//
// It rescales time: arrivals are laid out on an axis on which the rate is one,
// and mapped from there through the inverse of the cumulative rate of the
// stages. On that axis arrival n of a Uniform schedule is at n+½, so each
// arrival stands in the middle of its share of the area under the rate and
// there are as many as that area, rounded; a Poisson schedule has independent
// exponential gaps there (Çinlar, Introduction to Stochastic Processes, 4.7).
//
// A Schedule remembers where it was last asked, so that going on from there is
// cheap. It is therefore not safe for concurrent use: give each goroutine its
// own, which will say the same.
type Schedule struct {
	pieces   []piece
	area     float64 // expected number of arrivals
	duration time.Duration

	piece int     // where the last position fell
	steps process // positions on the unit-rate axis
}

// A piece is a stage in which something arrives, placed on both axes.
type piece struct {
	begins   time.Duration
	length   time.Duration
	from     float64 // arrivals a second at its beginning
	slope    float64 // change of that, a second
	low, top float64 // its stretch of the unit-rate axis
}

// New returns the schedule of the stages one after the other. Stages without
// arrivals pass time. Rates and lengths below zero count as zero, rates over
// one a nanosecond as that. The seed matters to Poisson only.
func New(stages []Stage, p Process, seed uint64) *Schedule {
	s := &Schedule{steps: newProcess(p, seed)}
	for _, st := range stages {
		length := min(max(st.For, 0), math.MaxInt64-s.duration)
		from, to := sane(st.From), sane(st.To)
		sec := length.Seconds()
		if area := (from + to) / 2 * sec; area > 0 {
			low := s.area
			s.area += area
			s.pieces = append(s.pieces, piece{
				begins: s.duration,
				length: length,
				from:   from,
				slope:  (to - from) / sec,
				low:    low,
				top:    s.area,
			})
		}
		s.duration += length
	}
	return s
}

// maxRate is one arrival a nanosecond, as fine as due times are told.
const maxRate = 1e9

func sane(r Rate) float64 {
	if r > 0 { // not NaN either
		return float64(min(r, maxRate))
	}
	return 0
}

// Duration returns how long the load lasts: all stages together.
func (s *Schedule) Duration() time.Duration { return s.duration }

// Expected returns how many arrivals there are on average: the area under the
// rate. A Uniform schedule has exactly that many, rounded.
func (s *Schedule) Expected() float64 { return s.area }

// At returns when arrival n, counted from 0, is due, as the time since the
// load's start. ok is false where the load ends before it, and for n below 0.
// Due times never exceed Duration. At depends on nothing but n and what New
// was given; asking for ever higher n is fast, and a Poisson schedule asked
// for a lower one counts again from 0.
func (s *Schedule) At(n int64) (due time.Duration, ok bool) {
	if n < 0 {
		return 0, false
	}
	pos := s.steps.position(n, s.area)
	if pos >= s.area {
		return 0, false
	}
	if pos < s.pieces[s.piece].low {
		s.piece = 0
	}
	for pos >= s.pieces[s.piece].top {
		s.piece++
	}
	p := &s.pieces[s.piece]
	return p.begins + p.invert(pos-p.low), true
}

// invert returns after what time of the piece x arrivals are expected: the
// root of from·t + slope/2·t² = x. The usual form of it divides by the slope
// and cancels where the slope is small; this one does neither.
func (p *piece) invert(x float64) time.Duration {
	if x <= 0 {
		return 0
	}
	// Below zero by rounding only, at the very end of a ramp down to zero.
	d := max(p.from*p.from+2*p.slope*x, 0)
	t := 2 * x / (p.from + math.Sqrt(d))
	if ns := t * float64(time.Second); ns < float64(p.length) {
		return time.Duration(ns)
	}
	return p.length
}
