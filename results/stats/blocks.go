package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A Track is a figure over the intervals of one run, which can be worked out
// for any choice of them.
type Track interface {
	// Len is the number of intervals.
	Len() int
	// Value is the figure over the intervals of all spans together. It is
	// false where they hold nothing to make it from.
	Value(spans []Span) (float64, bool)
}

// A Span is the intervals from From up to, not including, To.
type Span struct{ From, To int }

// resamples is how often a bootstrap draws: a dozen values lie beyond either
// end of a 95 % interval.
const resamples = 500

// WithinRun is how far other is above base, in their unit and relative, with
// intervals at level 1-alpha that hold within these two runs only: they tell
// what chance within a run can do, not what the next run would bring. They come
// from a moving-block bootstrap (Künsch 1989), which keeps seconds that follow
// one another together, since they are alike. The interval of the ratio is
// infinite where a value drawn is not positive, and both are where a run has
// too few intervals. It is false where a track has no figure.
func WithinRun(base, other Track, alpha float64, seed uint64) (shift, ratio Estimate, ok bool) {
	b, okBase := base.Value([]Span{{0, base.Len()}})
	o, okOther := other.Value([]Span{{0, other.Len()}})
	if !okBase || !okOther {
		return Estimate{}, Estimate{}, false
	}
	none := Interval{math.Inf(-1), math.Inf(1)}
	shift, ratio = Estimate{o - b, none}, Estimate{o/b - 1, none}
	if min(base.Len(), other.Len()) < minIntervals {
		return shift, ratio, true
	}
	random := rand.New(rand.NewPCG(seed, 0x5347))
	lengthBase, lengthOther := blockLength(base), blockLength(other)
	var shifts, ratios []float64
	for range resamples {
		b, okBase := base.Value(draw(base.Len(), lengthBase, random))
		o, okOther := other.Value(draw(other.Len(), lengthOther, random))
		if okBase && okOther {
			shifts = append(shifts, o-b)
		}
		if okBase && okOther && b > 0 && o > 0 {
			ratios = append(ratios, o/b-1)
		}
	}
	shift.Interval = percentiles(shifts, alpha)
	ratio.Interval = percentiles(ratios, alpha)
	return shift, ratio, true
}

// minIntervals is how many a run needs for blocks of them to be resampled.
const minIntervals = 5

// blockLength is how many intervals to keep together: the more, the longer
// what happens in one is felt in those after it (Carlstein 1986, for a
// first-order autoregression), and a quarter of the run at the most.
func blockLength(t Track) int {
	n := t.Len()
	c := autocorrelation(t)
	length := math.Cbrt(float64(n)) * math.Pow(math.Sqrt(6)*c/(1-c*c), 2./3)
	return max(1, min(int(math.Ceil(max(length, math.Cbrt(float64(n))))), n/4))
}

// autocorrelation is how alike neighbouring intervals are: 0 for not at all,
// and never quite 1.
func autocorrelation(t Track) float64 {
	var values []float64
	mean := 0.0
	for i := range t.Len() {
		if v, ok := t.Value([]Span{{i, i + 1}}); ok {
			values = append(values, v)
			mean += v
		}
	}
	mean /= float64(max(1, len(values)))
	products, squares := 0.0, 0.0
	for i, v := range values {
		squares += (v - mean) * (v - mean)
		if i > 0 {
			products += (v - mean) * (values[i-1] - mean)
		}
	}
	if squares == 0 {
		return 0
	}
	return min(max(0, products/squares), 0.97)
}

// draw chooses n intervals in blocks that may overlap.
func draw(n, length int, random *rand.Rand) []Span {
	spans := make([]Span, 0, n/length+1)
	for left := n; left > 0; left -= length {
		from := random.IntN(n - length + 1)
		spans = append(spans, Span{from, from + min(length, left)})
	}
	return spans
}

// percentiles bounds all but a share alpha of the values drawn. Where a tenth
// of the draws had no value, there is no interval.
func percentiles(drawn []float64, alpha float64) Interval {
	if len(drawn) < resamples*9/10 {
		return Interval{math.Inf(-1), math.Inf(1)}
	}
	slices.Sort(drawn)
	tail := int(alpha / 2 * float64(len(drawn)))
	return Interval{drawn[tail], drawn[len(drawn)-1-tail]}
}
