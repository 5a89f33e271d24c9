// Package grain says how fine the record of a run is: which of its seconds a run file puts
// together in one interval.
//
// A run of minutes has an interval for each second. The older a run is, the less a single
// second of it matters, and the more room all of them would take. So an interval gets twice
// as long each time that the run gets twice as old, up to [Longest]: until then a file grows
// with the logarithm of the run's length, and from then on by a known number of intervals an
// hour. An interval is at most a 300th of the run that came before it, which is also the most
// that a run loses which is killed.
//
// What is put together is as exact as before: counts and histograms add up. Only when
// something happened is known less exactly.
package grain

// Fine is how many seconds from its beginning a run has an interval for each of, and Longest
// how many seconds the longest interval has. Widths are powers of two, and intervals begin at
// multiples of their width, so that an interval of one width lies within one of the next.
const (
	Fine    = 600
	Longest = 64
)

// Width is how many seconds the interval has that second n of a run is in, from 1.
func Width(n int64) int64 {
	w := int64(1)
	for w < Longest && n > Fine*w {
		w *= 2
	}
	return w
}

// First is the first second of the interval of that width that second n is in.
func First(n, width int64) int64 { return (n-1)/width*width + 1 }

// Together tells whether two seconds are in one interval.
func Together(a, b int64) bool {
	w := Width(a)
	return w == Width(b) && First(a, w) == First(b, w)
}

// Ends tells whether an interval ends with second n.
func Ends(n int64) bool { return n%Width(n) == 0 }

// Intervals is how many intervals a run of so many seconds has at most.
func Intervals(seconds float64) float64 {
	sum, begin := 0.0, 0.0
	for w := 1.0; ; w *= 2 {
		end := Fine * w
		if seconds <= end || w == Longest {
			return sum + max(0, seconds-begin)/w
		}
		sum, begin = sum+(end-begin)/w, end
	}
}
