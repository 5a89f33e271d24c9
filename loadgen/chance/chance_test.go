package chance

import (
	"math"
	"testing"
)

// The numbers are those that the authors' own code gives (splitmix64.c by
// Vigna, seeds 0 and 1234567).
func TestAtIsSplitMix64(t *testing.T) {
	for seed, want := range map[uint64][]uint64{
		0:       {0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f},
		1234567: {6457827717110365317, 3203168211198807973, 9817491932198370423},
	} {
		for n, want := range want {
			if got := At(seed, uint64(n)); got != want {
				t.Errorf("At(%d, %d) = %d, want %d", seed, n, got, want)
			}
		}
	}
}

func TestUnitHasNoEnds(t *testing.T) {
	for _, random := range []uint64{0, 1, math.MaxUint64} {
		if u := Unit(random); u <= 0 || u >= 1 {
			t.Errorf("Unit(%d) = %v", random, u)
		}
	}
	if a, b := Unit(0), 1-Unit(math.MaxUint64); a != b {
		t.Errorf("%v from one end, %v from the other", a, b)
	}
}
