package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
)

// Power is how often a change of the size that Resolvable names is found.
const Power = 0.9

// Noise is how much values vary from round to round, as the standard deviation
// of their logarithms: 0.02 is about 2 %. Each side counts around its own mean,
// so a difference between sides is no noise. It is false if no side has two values,
// or if a value is not positive.
func Noise(sides ...[]float64) (float64, bool) {
	squares, freedom := 0.0, 0
	for _, side := range sides {
		logs, ok := logarithms(side)
		if !ok && len(side) > 0 {
			return 0, false
		}
		if len(logs) < 2 {
			continue
		}
		mean := 0.0
		for _, l := range logs {
			mean += l / float64(len(logs))
		}
		for _, l := range logs {
			squares += (l - mean) * (l - mean)
		}
		freedom += len(logs) - 1
	}
	if freedom == 0 {
		return 0, false
	}
	return math.Sqrt(squares / float64(freedom)), true
}

// Resolvable is the smallest relative change that is found with the chance
// Power among so many tested metrics, with n1 and n2 rounds and noise as Noise
// returns it. It is infinite if no change would be found: see RoundsNeeded.
func Resolvable(noise float64, n1, n2 int, alpha float64, tests int) float64 {
	deviations := smallestFindable(n1, n2, alpha/float64(max(1, tests)))
	if math.IsInf(deviations, 1) {
		return deviations // also without any noise
	}
	return math.Expm1(noise * deviations)
}

// RoundsFor is how many rounds a side it takes to find a relative change
// (0.03 for 3 %, of either sign) with the chance Power; at most a billion.
func RoundsFor(noise, change, alpha float64, tests int) int {
	const most = 1_000_000_000
	least := RoundsNeeded(alpha, tests)
	deviations := math.Abs(math.Log1p(change)) / noise
	enough := func(n int) bool { return findsAt(n, n, alpha/float64(max(1, tests)), deviations) }
	return least + sort.Search(most-least, func(more int) bool { return enough(least + more) })
}

// findsAt tells whether the U test finds two normal distributions different at
// alpha with the chance Power, which are so many standard deviations apart.
func findsAt(n1, n2 int, alpha, deviations float64) bool {
	k := mosesOrder(n1, n2, alpha)
	if n1 < 1 || n2 < 1 || k < 1 {
		return false
	}
	if n1*n2 <= simulatedLimit {
		return simulated(n1, n2, k) <= deviations
	}
	return isSignificant(n1, n2, k, deviations)
}

// smallestFindable is the smallest distance, in standard deviations, that findsAt is
// true of.
func smallestFindable(n1, n2 int, alpha float64) float64 {
	k := mosesOrder(n1, n2, alpha)
	switch {
	case n1 < 1 || n2 < 1 || k < 1:
		return math.Inf(1)
	case n1*n2 <= simulatedLimit:
		return simulated(n1, n2, k)
	}
	low, high := 0.0, 16.0 // beyond that two distributions have nothing in common
	for range 40 {
		if middle := (low + high) / 2; isSignificant(n1, n2, k, middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// isSignificant tells whether U is far enough for the test to be significant with the
// chance Power. U is taken to be normal, with the mean and the variance it has between
// distributions so far apart (Lehmann 1975). The textbook's sample sizes for the t
// test use the variance between distributions that are alike, and so promise too much
// if alpha is small.
func isSignificant(n1, n2, k int, deviations float64) bool {
	all := float64(n1) * float64(n2)
	p := normalShare(deviations / math.Sqrt2) // of pairs in order
	// Two values of the one side above the same value of the other.
	both := 0.0
	const step = 0.25
	for x := -8.0; x <= 8; x += step {
		share := normalShare(x + deviations)
		both += step / math.Sqrt(2*math.Pi) * math.Exp(-x*x/2) * share * share
	}
	variance := all * (p*(1-p) + float64(n1+n2-2)*(both-p*p))
	// Significant is all-k or more; the half is the correction for continuity.
	return all*p-(all-float64(k)+0.5) >= normalQuantile(Power)*math.Sqrt(max(0, variance))
}

// normalShare is how much of the standard normal distribution is under x.
func normalShare(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// With few rounds U is far from normal: with the fewest, all of one side have to be
// above all of the other. Up to this product of sizes the distance is simulated.
const (
	simulatedLimit = 16 * 16
	simulations    = 1000
)

type simulation struct{ n1, n2, k int }

var simulatedDistances sync.Map // by simulation

// simulated draws both sides from one normal distribution, again and again.
// The test is significant once one side is moved by more than the k-th
// smallest difference, so the distance looked for is a quantile of those.
func simulated(n1, n2, k int) float64 {
	key := simulation{n1, n2, k}
	if known, ok := simulatedDistances.Load(key); ok {
		return known.(float64)
	}
	random := rand.New(rand.NewPCG(uint64(n1), uint64(n2)))
	needed := make([]float64, simulations)
	differences := make([]float64, n1*n2)
	side := make([]float64, n1)
	for s := range needed {
		for i := range side {
			side[i] = random.NormFloat64()
		}
		for j := range n2 {
			other := random.NormFloat64()
			for i, v := range side {
				differences[j*n1+i] = other - v
			}
		}
		slices.Sort(differences)
		needed[s] = -differences[k-1]
	}
	slices.Sort(needed)
	d := needed[int(Power*simulations)]
	simulatedDistances.Store(key, d)
	return d
}
