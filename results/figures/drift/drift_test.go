package drift

import (
	"math"
	"math/rand/v2"
	"testing"
)

// noisy are points of a line with autoregressive noise, and with bursts if there are some.
func noisy(r *rand.Rand, n int, hours, slope, correlation, bursts float64) []Point {
	var list []Point
	noise := r.NormFloat64()
	for i := range n {
		noise = correlation*noise + math.Sqrt(1-correlation*correlation)*r.NormFloat64()
		at := (float64(i) + 0.5) * hours / float64(n)
		p := Point{at, 100 + slope*at + noise}
		if r.Float64() < bursts {
			p.Value += 20 * r.ExpFloat64()
		}
		list = append(list, p)
	}
	return list
}

// The interval has the truth in it as often as it says, for noise of any kind that blocks
// have: independent, correlated, with bursts.
func TestCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		n                   int
		correlation, bursts float64
		missed              float64 // at most
	}{
		{12, 0, 0, 0.05}, {28, 0, 0, 0.05}, {48, 0, 0.1, 0.05}, {28, 0.2, 0.05, 0.05}, {37, 0.4, 0.05, 0.06}, {14, 0.4, 0, 0.05}, {28, 0.6, 0, 0.07}, {28, 0.8, 0, 0.09},
	} {
		const trials = 800
		missed, silent := 0, 0
		for range trials {
			slope := 10 * r.NormFloat64()
			s, ok := Of(noisy(r, c.n, 1, slope, c.correlation, c.bursts))
			if !ok {
				silent++
				continue
			}
			if slope < s.Low || slope > s.High {
				missed++
			}
		}
		if share := float64(missed) / trials; share > c.missed {
			t.Errorf("%d points, correlation %g, bursts %g: %.3f missed, and %d of %d not told", c.n, c.correlation, c.bursts, share, silent, trials)
		}
	}
}

func TestSlope(t *testing.T) {
	var line, flat []Point
	for i := range 20 {
		at, jitter := float64(i)/20, 1e-3*float64(i*7%5-2)
		line, flat = append(line, Point{at, 5 + 3*at + jitter}), append(flat, Point{at, 7})
	}
	line[4].Value, line[5].Value = 500, 400 // a burst
	s, ok := Of(line)
	if !ok || math.Abs(s.PerHour-3) > 0.01 || math.Abs(s.Level-5) > 0.01 || s.Low > 3 || s.High < 3 || s.High-s.Low > 0.1 {
		t.Errorf("%+v, %v", s, ok)
	}
	if s, ok := Of(flat); !ok || s != (Slope{Level: 7}) {
		t.Errorf("what does not change at all: %+v, %v", s, ok)
	}
	if _, ok := Of(line[:Least-1]); ok {
		t.Error("a slope of too few points")
	}
	if _, ok := Of(make([]Point, 20)); ok {
		t.Error("a slope of one point in time")
	}
}
