// Package chance makes random numbers out of counters: number n of a seed is
// the same whoever asks for it, and in whatever order. So arrivals, mail and
// delays can be had again, one by one, and no two goroutines share a generator.
package chance

// Step is 2^64 divided by the golden ratio, made odd. Seeds apart by it have the
// same numbers, one place further on: mix a seed (At(seed, 0)) that is not random.
const Step = 0x9e3779b97f4a7c15

// At is random number n of a seed. It is what SplitMix64 gives when it has been
// seeded so and has given n numbers (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", 2014).
func At(seed, n uint64) uint64 {
	x := seed + (n+1)*Step
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Unit maps a random number to 0 < u < 1, both ends excluded.
func Unit(random uint64) float64 { return (float64(random>>12) + 0.5) * 0x1p-52 }
