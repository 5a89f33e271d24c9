package mail

import (
	"math"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// DefaultSize is what the zero Size means, in octets.
const DefaultSize = 4 << 10

// Resolved returns z, or the default if z is zero.
func (z Size) Resolved() Size {
	if z == (Size{}) {
		z.Median = DefaultSize
	}
	return z
}

const (
	maxSize = 1 << 30

	// tail bounds log-normal sizes to this many times P99. Otherwise one of some
	// thousands of messages would decide how much memory all need.
	tail = 4
)

// A sizer draws the sizes of messages.
type sizer struct {
	seed        uint64
	mu, sigma   float64 // of the size's natural logarithm; sigma is 0 if all sizes are the same
	median, top int64
}

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

func newSizer(z Size, seed uint64) (sizer, error) {
	z = z.Resolved()
	switch {
	case z.Median <= 0:
		return sizer{}, OptionSize.faultf("the median has to be over 0")
	case z.P99 != 0 && z.P99 < z.Median:
		return sizer{}, OptionSize.faultf("a p99 of %d octets is under the median of %d", z.P99, z.Median)
	case max(z.Median, z.P99) > maxSize:
		return sizer{}, OptionSize.faultf("%d octets are over the limit of 1 GiB", max(z.Median, z.P99))
	}
	s := sizer{seed: seed, median: z.Median}
	if z.P99 > z.Median {
		s.mu = math.Log(float64(z.Median))
		s.sigma = (math.Log(float64(z.P99)) - s.mu) / z99
		s.top = min(tail*z.P99, maxSize)
	}
	return s, nil
}

// of returns the size of message seq.
func (s *sizer) of(seq uint64) int64 {
	if s.sigma == 0 {
		return s.median
	}
	normal := math.Sqrt2 * math.Erfinv(2*chance.Unit(draw(s.seed, sizeStream, seq, 0))-1)
	return int64(math.Round(min(math.Exp(s.mu+s.sigma*normal), float64(s.top))))
}
