package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// rounds draws a value a round around a middle: log-normal, with now and then
// a round the machine spoiled.
func rounds(r *rand.Rand, n int, middle, noise float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = middle * math.Exp(noise*r.NormFloat64())
		if r.IntN(10) == 0 {
			values[i] *= 1 + 5*noise*r.Float64()
		}
	}
	return values
}

// comparison draws metrics of two sides, of which the first of the new one is
// changed. The metrics of one round share half of their noise, as they do.
func comparison(r *rand.Rand, metrics, n int, noise, change float64) []Pair {
	pairs := make([]Pair, metrics)
	shared := [2][]float64{rounds(r, n, 1, noise/2), rounds(r, n, 1, noise/2)}
	for m := range pairs {
		middle := 1e6 * float64(1+m)
		pairs[m] = Pair{Base: rounds(r, n, middle, noise/2), New: rounds(r, n, middle, noise/2)}
		for i := range n {
			pairs[m].Base[i] *= shared[0][i]
			pairs[m].New[i] *= shared[1][i]
		}
	}
	for i := range pairs[0].New {
		pairs[0].New[i] *= 1 + change
	}
	return pairs
}

// Two sides that are alike are called different in no more comparisons than
// alpha says, however many metrics each compares.
func TestFalseAlarms(t *testing.T) {
	const comparisons, alpha = 200, 0.05
	for _, c := range []struct{ metrics, n int }{{1, 4}, {1, 5}, {8, 6}, {30, 8}, {120, 10}} {
		r := rand.New(rand.NewPCG(4, uint64(c.metrics)))
		alarms := 0
		for range comparisons {
			for _, j := range Judge(comparison(r, c.metrics, c.n, 0.03, 0), Options{Alpha: alpha}).Judgements {
				if j.Verdict == Better || j.Verdict == Worse {
					alarms++
					break
				}
			}
		}
		t.Logf("%d metrics, %d rounds a side: %d of %d", c.metrics, c.n, alarms, comparisons)
		if alarms > alpha*comparisons {
			t.Errorf("%d metrics, %d rounds a side: %d false alarms in %d comparisons, want %v at most",
				c.metrics, c.n, alarms, comparisons, alpha*comparisons)
		}
	}
}

// A change as large as the smallest effect of interest is called the same in no more
// comparisons than alpha says, however much noise there is.
func TestChangesOfInterestAreNotTheSame(t *testing.T) {
	const comparisons, effect = 500, 0.05
	for _, c := range []struct {
		n     int
		noise float64
	}{{6, 0.005}, {6, 0.02}, {9, 0.02}, {9, 0.05}, {40, 0.05}} {
		for _, change := range []float64{effect, -effect} {
			r := rand.New(rand.NewPCG(9, uint64(c.n)))
			same := 0
			for range comparisons {
				if Judge(comparison(r, 4, c.n, c.noise, change), Options{MinEffect: effect}).Judgements[0].Verdict == Same {
					same++
				}
			}
			t.Logf("%+v: %+.2f is the same in %d of %d", c, change, same, comparisons)
			if same > DefaultAlpha*comparisons {
				t.Errorf("%+v: %+.2f is the same in %d of %d", c, change, same, comparisons)
			}
		}
	}
}

// If nothing changed, as many rounds as find the smallest effect of interest are
// nearly always enough to call it the same.
func TestRoundsForAreEnoughToCallTheSame(t *testing.T) {
	const trials, noise, effect = 300, 0.03, 0.05
	r := rand.New(rand.NewPCG(10, 10))
	n := RoundsFor(noise, effect, DefaultAlpha, 1)
	same := 0
	for range trials {
		pair := Pair{Base: make([]float64, n), New: make([]float64, n)}
		for i := range n {
			pair.Base[i], pair.New[i] = math.Exp(noise*r.NormFloat64()), math.Exp(noise*r.NormFloat64())
		}
		if Judge([]Pair{pair}, Options{MinEffect: effect}).Judgements[0].Verdict == Same {
			same++
		}
	}
	if share := float64(same) / trials; share < 0.8 {
		t.Errorf("%d rounds call %.0f %% of unchanged metrics the same", n, 100*share)
	}
}

// A change well over the noise is found every time, and called by its size.
func TestChangesAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 100 {
		j := Judge(comparison(r, 10, 8, 0.03, 0.3), Options{MinEffect: 0.03}).Judgements[0]
		if j.Verdict != Worse || j.Ratio.Value < 0.2 || j.Ratio.Value > 0.4 {
			t.Fatalf("30 %% slower: %s by %+v", j.Verdict, *j.Ratio)
		}
	}
}

// With as many rounds as RoundsFor asks, the change is found as often as Power
// says; and with one so small that it is not resolvable, hardly ever.
func TestRoundsForIsEnough(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for _, c := range []struct {
		noise, change float64
		tests         int
	}{{0.02, 0.05, 1}, {0.02, 0.03, 10}, {0.02, 0.03, 27}, {0.05, 0.05, 1}, {0.1, 0.15, 27}, {0.01, 0.1, 30}} {
		n := RoundsFor(c.noise, c.change, DefaultAlpha, c.tests)
		const trials = 1000
		found := 0
		for range trials {
			base, other := make([]float64, n), make([]float64, n)
			for i := range n {
				base[i] = math.Exp(c.noise * r.NormFloat64())
				other[i] = (1 + c.change) * math.Exp(c.noise*r.NormFloat64())
			}
			if Test(base, other)*float64(c.tests) <= DefaultAlpha {
				found++
			}
		}
		t.Logf("%+v: %d rounds, found %d of %d", c, n, found, trials)
		if share := float64(found) / trials; share < Power-0.03 {
			t.Errorf("%+v: %d rounds find it in %.0f %% of trials, want %.0f %%", c, n, 100*share, 100*Power)
		}
		if got := Resolvable(c.noise, n, n, DefaultAlpha, c.tests); got > c.change*1.001 {
			t.Errorf("%+v: %d rounds resolve %v only", c, n, got)
		}
	}
}

// The interval of the ratio holds the true change as often as it says, however
// few the rounds.
func TestIntervalsCover(t *testing.T) {
	for n := 5; n <= 12; n++ {
		r := rand.New(rand.NewPCG(7, uint64(n)))
		const trials = 2000
		missed := 0
		for range trials {
			e, ok := Ratio(rounds(r, n, 1e6, 0.05), rounds(r, n, 1.1e6, 0.05), 0.05)
			if !ok || !e.Finite() {
				t.Fatal("no interval")
			}
			if !e.Contains(0.1) {
				missed++
			}
		}
		t.Logf("%d rounds: missed %d of %d", n, missed, trials)
		if missed > trials*6/100 {
			t.Errorf("%d rounds: the 95 %% interval misses the true change in %d of %d", n, missed, trials)
		}
	}
}

// wander draws a run of intervals whose level drifts slowly, as servers do:
// each is as like the one before as likeness says.
func wander(r *rand.Rand, n int, middle, likeness float64) (above, below []float64) {
	level := r.NormFloat64() / math.Sqrt(1-likeness*likeness)
	for range n {
		level = likeness*level + r.NormFloat64()
		above = append(above, 1000*middle*math.Exp(0.02*level))
		below = append(below, 1000)
	}
	return above, below
}

// Within a run the interval nearly holds what it says, although seconds that
// follow one another are alike. Draws of single seconds would miss more often
// than not where they are very much alike; and where a run is short besides, no
// one can tell from it how much.
func TestBlocksCover(t *testing.T) {
	for _, c := range []struct {
		n        int
		likeness float64
		misses   int // of 400, at most: 20 are to be expected of a true interval
	}{
		{5, 0, 24}, {5, 0.5, 48}, {10, 0, 32}, {10, 0.5, 52}, {30, 0, 36}, {30, 0.5, 52}, {30, 0.8, 80},
		{200, 0, 32}, {200, 0.5, 36}, {200, 0.8, 44}, {200, 0.95, 72},
	} {
		r := rand.New(rand.NewPCG(8, 8))
		const trials = 400
		missed := 0
		for trial := range trials {
			base := NewQuotient(wander(r, c.n, 1, c.likeness))
			other := NewQuotient(wander(r, c.n, 1.1, c.likeness))
			shift, ratio, ok := WithinRun(base, other, 0.05, uint64(trial))
			if !ok || !ratio.Finite() || !shift.Finite() {
				t.Fatal("no interval")
			}
			if !ratio.Contains(0.1) {
				missed++
			}
		}
		t.Logf("%+v: missed %d of %d", c, missed, trials)
		if missed > c.misses {
			t.Errorf("%d seconds, alike by %v: the interval misses the true change in %d of %d", c.n, c.likeness, missed, trials)
		}
	}
}
