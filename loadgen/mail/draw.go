package mail

import (
	"math/bits"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// A stream separates the random numbers of different decisions.
type stream uint64

const (
	sizeStream stream = iota + 1
	startStream
	subjectStream
	addressStream
	wordStream
	attachmentStream
)

// draw returns a random number that depends on its arguments alone. So message seq
// is the same whatever was rendered before it.
func draw(seed uint64, s stream, seq, index uint64) uint64 {
	return chance.At(chance.At(chance.At(seed, uint64(s)), seq), index)
}

// below maps the random number h to 0 <= r < n. If n is 0, it stands for 2^64.
func below(h, n uint64) uint64 {
	if n == 0 {
		return h
	}
	hi, _ := bits.Mul64(h, n)
	return hi
}
