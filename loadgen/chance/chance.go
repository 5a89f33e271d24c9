// Package chance makes random numbers out of counters. Number n of a seed is the
// same for everybody who asks for it, in whatever order. So each arrival, each
// message and each delay of a run can be made again by itself, and no two
// goroutines share a generator.
package chance

// Step is 2^64 divided by the golden ratio, made odd. Two seeds that differ by Step
// have the same numbers, one place apart. So mix a seed that is not random itself:
// take At(seed, 0).
const Step = 0x9e3779b97f4a7c15

// At returns random number n of a seed, counted from 0: the number that SplitMix64
// gives after n others if it starts with this seed (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014).
func At(seed, n uint64) uint64 {
	x := seed + (n+1)*Step
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Unit maps a random number to one between 0 and 1, both excluded.
func Unit(random uint64) float64 { return (float64(random>>12) + 0.5) * 0x1p-52 }
