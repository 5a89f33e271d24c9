package pace

import (
	"math"
	"time"
)

// A Schedule gives the due time of every arrival of a load.
//
// It rescales time. Arrivals have their places on an axis on which the rate is
// one, and the inverse of the stages' cumulative rate maps these places to times.
// Arrival n of a Uniform schedule is at n+½ on that axis. So each arrival stands
// in the middle of its share of the area under the rate, and there are as many as
// that area, rounded. A Poisson schedule has independent exponential gaps on the
// axis (Çinlar, Introduction to Stochastic Processes, 4.7).
//
// A Schedule remembers which arrival it was last asked for, so that going on from
// there is cheap. It is therefore not safe for concurrent use: give each goroutine
// a Schedule of its own. All of them give the same times.
type Schedule struct {
	pieces   []piece
	area     float64 // expected number of arrivals
	duration time.Duration

	piece     int // which the last position was in
	positions positions
}

// A piece is a stage in which something arrives, placed on both axes.
type piece struct {
	begins   time.Duration
	length   time.Duration
	from     float64 // arrivals a second at its beginning
	slope    float64 // change of that, a second
	low, top float64 // its part of the axis on which the rate is one
}

// New returns the schedule of the stages, one after the other. Stages without
// arrivals are pauses. Rates and lengths below zero count as zero. Rates over one
// arrival a nanosecond count as one a nanosecond. The seed matters to Poisson only.
func New(stages []Stage, p Process, seed uint64) *Schedule {
	s := &Schedule{positions: newPositions(p, seed)}
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

// maxRate is one arrival a nanosecond, which is the unit of due times.
const maxRate = 1e9

func sane(r Rate) float64 {
	if r > 0 { // not NaN either
		return float64(min(r, maxRate))
	}
	return 0
}

// Duration returns how long all stages last together.
func (s *Schedule) Duration() time.Duration { return s.duration }

// Expected returns how many arrivals there are on average: the area under the
// rate. A Uniform schedule has exactly that many, rounded.
func (s *Schedule) Expected() float64 { return s.area }

// Most returns a number that the arrivals do not exceed: of a Uniform schedule how
// many there are, and of a Poisson schedule ten standard deviations more than there
// are on average. It depends on the stages and the process alone.
func (s *Schedule) Most() int64 {
	most := math.Ceil(s.area - 0.5)
	if s.positions.poisson {
		most = math.Ceil(s.area + 10*math.Sqrt(s.area) + 10)
	}
	return int64(min(max(0, most), maxNumber))
}

// maxNumber bounds Most. Up to there an arrival's place is exact.
const maxNumber = 1 << 52

// At returns when arrival n, counted from 0, is due: the time since the load's
// start, Duration at most. ok is false if the load ends before that arrival, or if
// n is below 0. The result depends on n and the arguments of New alone. To ask for
// higher and higher n is fast; a Poisson schedule that is asked for a lower one
// adds up its gaps from 0 again.
func (s *Schedule) At(n int64) (due time.Duration, ok bool) {
	if n < 0 {
		return 0, false
	}
	pos := s.positions.of(n, s.area)
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

// invert returns after what time of the piece x arrivals are expected: the root
// of from·t + slope/2·t² = x. The usual formula divides by the slope, and loses
// precision if the slope is small. This one does neither.
func (p *piece) invert(x float64) time.Duration {
	if x <= 0 {
		return 0
	}
	// Rounding alone makes it negative, at the very end of a ramp down to zero.
	d := max(p.from*p.from+2*p.slope*x, 0)
	t := 2 * x / (p.from + math.Sqrt(d))
	if ns := t * float64(time.Second); ns < float64(p.length) {
		return time.Duration(ns)
	}
	return p.length
}
