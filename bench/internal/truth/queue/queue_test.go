package queue

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func constant(d time.Duration) Service {
	return func(int, time.Duration) time.Duration { return d }
}

func TestResponses(t *testing.T) {
	for name, test := range map[string]struct {
		due     []time.Duration
		servers int
		service Service
		want    []time.Duration
	}{
		"no wait":     {[]time.Duration{0, 10, 20}, 1, constant(10), []time.Duration{10, 10, 10}},
		"one server":  {[]time.Duration{0, 5, 6, 100}, 1, constant(10), []time.Duration{10, 15, 24, 10}},
		"two servers": {[]time.Duration{0, 5, 6, 7}, 2, constant(10), []time.Duration{10, 10, 14, 18}},
		"all at once": {[]time.Duration{0, 0, 0}, 2, constant(10), []time.Duration{10, 10, 20}},
		// The second server is free first, though it began later.
		"overtaking": {
			[]time.Duration{0, 1, 2}, 2,
			func(n int, _ time.Duration) time.Duration { return []time.Duration{50, 5, 5}[n] },
			[]time.Duration{50, 5, 9},
		},
		// Number 1 begins at 5 and stalls until 105; what comes meanwhile is
		// served then, by both servers.
		"stall": {
			[]time.Duration{0, 5, 20, 30, 200}, 2, Stalled(1, 100, constant(10)),
			[]time.Duration{10, 110, 95, 95, 10},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Responses(test.due, test.servers, test.service); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

// With Poisson arrivals, one server and a constant service time s at load ρ,
// the mean wait is ρs/2(1-ρ) (Pollaczek and Khinchine).
func TestAgreesWithTheBooks(t *testing.T) {
	const service, load, n = time.Millisecond, .7, 2_000_000
	random := rand.New(rand.NewPCG(1, 2))
	due := make([]time.Duration, n)
	at := 0.0
	for i := range due {
		at += random.ExpFloat64() * float64(service) / load
		due[i] = time.Duration(at)
	}
	sum := 0.0
	for _, r := range Responses(due, 1, constant(service)) {
		sum += float64(r)
	}
	want := float64(service) * (1 + load/2/(1-load))
	if got := sum / n; math.Abs(got/want-1) > .02 {
		t.Errorf("mean response %v, want %v", time.Duration(got), time.Duration(want))
	}
}
