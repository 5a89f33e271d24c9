package wire

import (
	"math"
	"slices"
	"time"
)

// A Distribution sums up samples. A quantile is one of the samples, not an estimate: the smallest
// one that has at least that share of all samples at or below it.
type Distribution struct {
	Count int           `json:"count"`
	P50   time.Duration `json:"p50_ns"`
	P90   time.Duration `json:"p90_ns"`
	P99   time.Duration `json:"p99_ns"`
	Max   time.Duration `json:"max_ns"`
	Mean  time.Duration `json:"mean_ns"`
}

// Distribute sorts the samples in place and sums them up. Without samples the result is zero.
func Distribute(samples []time.Duration) Distribution {
	n := len(samples)
	if n == 0 {
		return Distribution{}
	}
	slices.Sort(samples)
	sum := 0.0 // a million hours in nanoseconds do not fit into 64 bits
	for _, s := range samples {
		sum += float64(s)
	}
	at := func(q float64) time.Duration {
		return samples[max(int(math.Ceil(q*float64(n))), 1)-1]
	}
	return Distribution{
		Count: n, P50: at(.5), P90: at(.9), P99: at(.99),
		Max: samples[n-1], Mean: time.Duration(sum / float64(n)),
	}
}

// Distributions sums up the samples of every phase that was seen.
func (a *Analysis) Distributions() map[Phase]Distribution {
	all := make(map[Phase]Distribution, len(a.Samples))
	for p, samples := range a.Samples {
		all[p] = Distribute(samples)
	}
	return all
}
