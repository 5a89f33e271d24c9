package mail

import (
	"math/bits"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

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
// mail number seq is the same whichever was rendered before it.
func draw(seed uint64, s stream, seq, index uint64) uint64 {
	return chance.At(chance.At(chance.At(seed, uint64(s)), seq), index)
}

// below maps random h to 0 <= r < n, or to all of uint64 where n is 0.
func below(h, n uint64) uint64 {
	if n == 0 {
		return h
	}
	hi, _ := bits.Mul64(h, n)
	return hi
}
