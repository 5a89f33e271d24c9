package grain

import (
	"math"
	"testing"
)

// Each second is in one interval, and an interval of one width lies within one of the next:
// a reader may put two and two together.
func TestIntervals(t *testing.T) {
	count, first := 0, int64(1)
	for n := int64(1); n <= 100_000; n++ {
		w := Width(n)
		if n > 1 && (w < Width(n-1) || w > 2*Width(n-1)) {
			t.Fatalf("second %d is in an interval of %d s, and the one before in one of %d", n, w, Width(n-1))
		}
		if First(n, w) != first {
			t.Fatalf("the interval of second %d begins with %d, want %d", n, First(n, w), first)
		}
		if Ends(n) == Together(n, n+1) {
			t.Fatalf("second %d ends an interval: %v, but is together with the next: %v", n, Ends(n), Together(n, n+1))
		}
		if n > Fine && w < Longest && w*300 > n {
			t.Fatalf("second %d is in an interval of %d s, which is over a 300th of the run", n, w)
		}
		if Ends(n) {
			count, first = count+1, n+1
			if want := Intervals(float64(n)); math.Abs(want-float64(count)) > 1e-6 {
				t.Fatalf("%d intervals in %d s, want %g", count, n, want)
			}
		}
	}
}

// The sizes that docs/run-file.md promises.
func TestGrowth(t *testing.T) {
	for seconds, want := range map[float64]float64{600: 600, 3600: 1350, 4 * 3600: 1950, 24 * 3600: 3150, 7 * 24 * 3600: 11250} {
		if got := Intervals(seconds); got != want {
			t.Errorf("%g intervals in %g s, want %g", got, seconds, want)
		}
	}
}
