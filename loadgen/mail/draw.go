package mail

import "math/bits"

// A stream keeps the random numbers of different decisions apart.
type stream uint64

const (
	sizeStream stream = iota + 1
	startStream
	subjectStream
	addressStream
	wordStream
	attachmentStream
)

// draw returns a random number that depends on its arguments only, so that
// mail number seq is the same whichever was rendered before it. It chains the
// finalizer of SplitMix64 (Steele, Lea and Flood, 2014) over them.
func draw(seed uint64, s stream, seq, index uint64) uint64 {
	return mix(mix(mix(seed+uint64(s)*golden)+seq*golden) + index*golden)
}

// golden is 2^64 divided by the golden ratio, made odd.
const golden = 0x9e3779b97f4a7c15

func mix(x uint64) uint64 {
	x += golden
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below maps random h to 0 <= r < n, or to all of uint64 where n is 0.
func below(h, n uint64) uint64 {
	if n == 0 {
		return h
	}
	hi, _ := bits.Mul64(h, n)
	return hi
}

// unit maps random h to 0 < u < 1.
func unit(h uint64) float64 { return (float64(h>>12) + 0.5) * 0x1p-52 }
