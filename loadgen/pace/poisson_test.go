package pace

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// ks returns the Kolmogorov-Smirnov statistic of xs against a distribution,
// scaled so that 1.63 is exceeded once in a hundred samples of it.
func ks(xs []float64, cdf func(float64) float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	n, worst := float64(len(xs)), 0.0
	for i, x := range xs {
		f := cdf(x)
		worst = max(worst, math.Abs(f-float64(i)/n), math.Abs(float64(i+1)/n-f))
	}
	return worst * math.Sqrt(n)
}

const onePercent = 1.63

// sawtooth ramps, rests, holds and ramps down; Λ is its cumulative rate.
var sawtooth = []Stage{{For: 10 * time.Second, To: 200}, flat(5*time.Second, 0), flat(10*time.Second, 100), {For: 10 * time.Second, From: 300, To: 100}}

func cumulative(t float64) float64 {
	a := 0.0
	for _, st := range sawtooth {
		l := st.For.Seconds()
		x := min(t, l)
		a += float64(st.From)*x + float64(st.To-st.From)/l*x*x/2
		if t -= l; t <= 0 {
			break
		}
	}
	return a
}

func TestPoissonGapsAreExponential(t *testing.T) {
	for seed := range uint64(3) {
		due := all(t, New(sawtooth, Poisson, seed))
		// Rescaled by the cumulative rate, the gaps have mean 1 whatever the
		// stages.
		var gaps []float64
		last := 0.0
		for _, d := range due {
			at := cumulative(d.Seconds())
			gaps = append(gaps, at-last)
			last = at
		}
		if d := ks(gaps, func(x float64) float64 { return 1 - math.Exp(-x) }); d > onePercent {
			t.Errorf("seed %d: gaps are not exponential: %.2f", seed, d)
		}
		// Independent, so no correlation between a gap and the next.
		r := 0.0
		for i := 1; i < len(gaps); i++ {
			r += (gaps[i] - 1) * (gaps[i-1] - 1)
		}
		if r /= math.Sqrt(float64(len(gaps))); math.Abs(r) > 2.6 {
			t.Errorf("seed %d: neighbouring gaps are correlated: %.2f deviations", seed, r)
		}
	}
}

func TestPoissonFollowsTheStages(t *testing.T) {
	total := cumulative(35)
	for seed := range uint64(3) {
		var at []float64
		for _, d := range all(t, New(sawtooth, Poisson, seed)) {
			at = append(at, d.Seconds())
		}
		if d := ks(at, func(x float64) float64 { return cumulative(x) / total }); d > onePercent {
			t.Errorf("seed %d: arrivals do not follow the rate: %.2f", seed, d)
		}
		for _, x := range at {
			if x > 10 && x < 15 {
				t.Errorf("seed %d: an arrival at %.3f s, where the rate is zero", seed, x)
			}
		}
	}
}

func TestPoissonCounts(t *testing.T) {
	// Counts over seeds have the mean and the variance of a Poisson variable,
	// both equal to the area.
	const runs, area = 2000, 50
	var sum, squares float64
	for seed := range uint64(runs) {
		n := float64(len(all(t, New([]Stage{flat(5*time.Second, 10)}, Poisson, seed))))
		sum += n
		squares += n * n
	}
	mean := sum / runs
	variance := squares/runs - mean*mean
	if e := math.Sqrt(area / float64(runs)); math.Abs(mean-area) > 3*e {
		t.Errorf("mean %.2f, want %d ± %.2f", mean, area, 3*e)
	}
	if e := area * math.Sqrt(2/float64(runs)); math.Abs(variance-area) > 3*e {
		t.Errorf("variance %.2f, want %d ± %.2f", variance, area, 3*e)
	}
}

func TestNeighbouringSeedsAreUnrelated(t *testing.T) {
	// Seeds apart by the generator's own step must not give the same gaps one
	// arrival later.
	a, b := newPositions(Poisson, 1), newPositions(Poisson, 1+chance.Step)
	for n := range int64(100) {
		if a.gap(n+1) == b.gap(n) {
			t.Fatalf("gap %d is shared between two seeds", n)
		}
	}
}
