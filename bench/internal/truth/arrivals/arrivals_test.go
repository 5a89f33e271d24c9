package arrivals

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// poisson makes n arrivals at 1,000 a second.
func poisson(seed uint64, n int) []int64 {
	random := rand.New(rand.NewPCG(seed, 7))
	times := make([]int64, n)
	at := 1.795e18
	for i := range times {
		at += random.ExpFloat64() * 1e6
		times[i] = int64(at)
	}
	return times
}

// The test rejects true Poisson arrivals as often as its level says.
func TestErrorRate(t *testing.T) {
	const runs, level = 400, .05
	gaps, spread := 0, 0
	for seed := range uint64(runs) {
		times := poisson(seed, 2000)
		if _, p := Poisson(times, 1000); p < level {
			gaps++
		}
		if _, p := Spread(times); p < level {
			spread++
		}
	}
	for name, n := range map[string]int{"gaps": gaps, "spread": spread} {
		if n < 5 || n > 40 { // 20 are due; 4.4 standard deviations either way
			t.Errorf("%s: %d of %d turned away, want about %v", name, n, runs, runs*level)
		}
	}
}

func TestTurnsAwayWhatIsNot(t *testing.T) {
	even := make([]int64, 1000)
	for i := range even {
		even[i] = int64(i) * 1e6
	}
	if d, p := Poisson(even, 1000); p > 1e-6 {
		t.Errorf("even arrivals: D=%v p=%v", d, p)
	}
	times := poisson(1, 2000)
	if _, p := Poisson(times, 1200); p > 1e-6 {
		t.Errorf("another rate: p=%v", p)
	}
	slow := slices.Clone(times)
	for i := 1000; i < 2000; i++ { // half the rate in the second half
		slow[i] += times[i] - times[1000]
	}
	if _, p := Spread(slow); p > 1e-6 {
		t.Errorf("a rate that falls: p=%v", p)
	}
}

// From tables of the distribution: 1.36 is the 5 % point, 1.63 the 1 % point.
func TestByChance(t *testing.T) {
	for lambda, want := range map[float64]float64{1.3581: .05, 1.6276: .01, .05: 1} {
		const n = 1e12
		if got := byChance(lambda/math.Sqrt(n), n); math.Abs(got-want) > 1e-4 {
			t.Errorf("%v: %v, want %v", lambda, got, want)
		}
	}
}

func TestRateAndLateness(t *testing.T) {
	times := []int64{5e9, 6e9, 7e9 + 40, 8e9 + 30}
	if got := Rate(times[:2]); got != 1 {
		t.Errorf("rate %v, want 1", got)
	}
	due := []time.Duration{1e9, 2e9 + 10, 3e9, 4e9}
	want := []time.Duration{10, 0, 50, 40}
	if got := Lateness(times, due); !slices.Equal(got, want) {
		t.Errorf("lateness %v, want %v", got, want)
	}
}

func TestInTurn(t *testing.T) {
	due := []time.Duration{0, 1, 2, 50, 51}
	if got, want := InTurn(due, 10), []time.Duration{0, 10, 20, 50, 60}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if !slices.Equal(due, []time.Duration{0, 1, 2, 50, 51}) {
		t.Errorf("what is due has changed: %v", due)
	}
	if got := Closest(InTurn(due, 10)); got != 10 {
		t.Errorf("the closest two are %d apart, want 10", got)
	}
}
