package pace

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// due returns when the arrivals of a share are due.
func (s Share) due(t *testing.T, stages []Stage, p Process, seed uint64) []time.Duration {
	t.Helper()
	var list []time.Duration
	schedule := New(stages, p, seed)
	for ; ; s.Advance() {
		at, ok := schedule.At(s.Number())
		if !ok {
			return list
		}
		list = append(list, at)
	}
}

// TestSharesAreTheWhole puts the shares of several generators together.
func TestSharesAreTheWhole(t *testing.T) {
	for _, p := range []Process{Uniform, Poisson} {
		for _, count := range []int64{1, 2, 3, 8, 50} {
			for seed := range uint64(2) {
				var together []time.Duration
				for i := range count {
					together = append(together, NewShare(i, count, p, seed).due(t, sawtooth, p, seed)...)
				}
				slices.Sort(together)
				if !slices.Equal(together, all(t, New(sawtooth, p, seed))) {
					t.Errorf("%s, seed %d: the arrivals of %d generators are not those of one", p, seed, count)
				}
			}
		}
	}
}

// TestPoissonSharesArePoisson holds each share of a load with stages and ramps against the
// distribution at its part of the rate.
func TestPoissonSharesArePoisson(t *testing.T) {
	const count = 4
	for seed := range uint64(3) {
		for i := range int64(count) {
			var gaps, at []float64
			last := 0.0
			for _, d := range NewShare(i, count, Poisson, seed).due(t, sawtooth, Poisson, seed) {
				area := cumulative(d.Seconds())
				gaps, at = append(gaps, (area-last)/count), append(at, area)
				last = area
			}
			if d := ks(gaps, func(x float64) float64 { return 1 - math.Exp(-x) }); d > onePercent {
				t.Errorf("seed %d, share %d: gaps are not exponential at a quarter of the rate: %.2f", seed, i, d)
			}
			if d := ks(at, func(x float64) float64 { return x / cumulative(35) }); d > onePercent {
				t.Errorf("seed %d, share %d: arrivals do not follow the stages: %.2f", seed, i, d)
			}
		}
	}
}

// apart are the arrivals of generators at 1000 a second for 20 s, each with its clock off
// by most at the most. share returns that of a generator.
func apart(t *testing.T, count int64, most time.Duration, p Process, share func(i int64) Share) []time.Duration {
	t.Helper()
	r := rand.New(rand.NewPCG(1, uint64(count)))
	var list []time.Duration
	for i := range count {
		off := time.Duration(r.Int64N(int64(2*most))) - most
		for _, d := range share(i).due(t, []Stage{flat(20*time.Second, 1000)}, p, 1) {
			list = append(list, d+off)
		}
	}
	slices.Sort(list)
	return list
}

// TestPoissonStaysPoissonWithClocksApart has clocks that differ by a hundred gaps.
func TestPoissonStaysPoissonWithClocksApart(t *testing.T) {
	const most = 100 * time.Millisecond
	for _, count := range []int64{2, 8, 50} {
		list := apart(t, count, most, Poisson, func(i int64) Share { return NewShare(i, count, Poisson, 1) })
		if d := gapsKS(list); d > onePercent {
			t.Errorf("%d generators: gaps are not exponential: %.2f", count, d)
		}
		if z := dispersion(list); math.Abs(z) > 3 {
			t.Errorf("%d generators: counts are not those of a Poisson process: %.1f deviations", count, z)
		}
		// Dealt out in turn, they would be far too regular: the test can tell.
		inTurn := apart(t, count, most, Poisson, func(i int64) Share { return NewShare(i, count, Uniform, 1) })
		if z := dispersion(inTurn); z > -9 {
			t.Errorf("%d generators in turn: counts differ from those of a Poisson process by only %.1f deviations", count, z)
		}
	}
}

// gapsKS holds gaps at 1000 a second against the exponential distribution.
func gapsKS(list []time.Duration) float64 {
	var gaps []float64
	for i := 1; i < len(list); i++ {
		gaps = append(gaps, (list[i]-list[i-1]).Seconds()*1000)
	}
	return ks(gaps, func(x float64) float64 { return 1 - math.Exp(-x) })
}

// dispersion returns how far the variance of counts in windows of 10 ms is from that of a
// Poisson process at 1000 a second, in deviations of the chi-squared distribution.
func dispersion(list []time.Duration) float64 {
	const window, expected = 10 * time.Millisecond, 10.0
	counts := map[time.Duration]float64{}
	for _, d := range list {
		counts[d/window]++
	}
	from, to := 500*time.Millisecond/window, 19500*time.Millisecond/window // all generators are at work
	var chi float64
	for w := from; w < to; w++ {
		chi += (counts[w] - expected) * (counts[w] - expected) / expected
	}
	n := float64(to - from)
	return (chi - n) / math.Sqrt(2*n)
}

// TestUniformStaysNearWithClocksApart bounds how far the count of evenly spaced arrivals is
// from what it should be: each generator is early or late by one at the most.
func TestUniformStaysNearWithClocksApart(t *testing.T) {
	for _, count := range []int64{2, 8, 50} {
		most := time.Duration(count) * time.Millisecond / 2 // of a generator's own gap
		list := apart(t, count, most, Uniform, func(i int64) Share { return NewShare(i, count, Uniform, 1) })
		for n, d := range list {
			if ideal := d.Seconds() * 1000; math.Abs(float64(n)-ideal) > float64(count)+1 {
				t.Fatalf("%d generators: arrival %d at %v, which should be number %.1f", count, n, d, ideal)
			}
		}
	}
}
