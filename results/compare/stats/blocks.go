package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A Track is a figure over the intervals of one run. It can be worked out for any
// choice of intervals.
type Track interface {
	// Len is the number of intervals.
	Len() int
	// Value is the figure over the intervals of all spans together. It is false if
	// they have no samples.
	Value(spans []Span) (float64, bool)
}

// A Span is the intervals from From up to, not including, To.
type Span struct{ From, To int }

// resamples is how often a bootstrap draws: so a dozen values lie beyond either end of
// a 95 % interval.
const resamples = 500

// WithinRun is how far other is above base, in their unit and relative, with
// intervals at level 1-alpha that hold within these two runs only: they say what
// chance within a run can do, not what the next run would bring.
//
// They come from a moving-block bootstrap (Künsch 1989). It keeps seconds that follow
// one another together, since they are alike, and misses some of the variance, which
// is added again. The interval of the ratio is infinite if a drawn value is not
// positive, and both intervals are if a run has too few intervals of its own. It is
// false if a track has no figure.
func WithinRun(base, other Track, alpha float64, seed uint64) (shift, ratio Estimate, ok bool) {
	b, okBase := base.Value([]Span{{0, base.Len()}})
	o, okOther := other.Value([]Span{{0, other.Len()}})
	if !okBase || !okOther {
		return Estimate{}, Estimate{}, false
	}
	none := ConfidenceInterval{math.Inf(-1), math.Inf(1)}
	shift, ratio = Estimate{o - b, none}, Estimate{o/b - 1, none}
	if min(base.Len(), other.Len()) < minIntervals {
		return shift, ratio, true
	}
	random := rand.New(rand.NewPCG(seed, 0x5347))
	blocksBase, blocksOther := newBlockPlan(base), newBlockPlan(other)
	// The variance is estimated from these blocks alone.
	widen := studentQuantile(1-alpha/2, blocksBase.freedom+blocksOther.freedom) / normalQuantile(1-alpha/2)
	widenBase, widenOther := widen*blocksBase.missed, widen*blocksOther.missed
	var shifts, ratios []float64
	for range resamples {
		drawnBase, okBase := base.Value(draw(base.Len(), blocksBase.length, random))
		drawnOther, okOther := other.Value(draw(other.Len(), blocksOther.length, random))
		if okBase && okOther {
			shifts = append(shifts, o-b+widenOther*(drawnOther-o)-widenBase*(drawnBase-b))
		}
		if okBase && okOther && drawnBase > 0 && drawnOther > 0 {
			ratios = append(ratios, math.Expm1(math.Log(o/b)+widenOther*math.Log(drawnOther/o)-widenBase*math.Log(drawnBase/b)))
		}
	}
	shift.ConfidenceInterval = percentiles(shifts, alpha)
	ratio.ConfidenceInterval = percentiles(ratios, alpha)
	return shift, ratio, true
}

// minIntervals is how many a run needs for blocks of them to be resampled.
const minIntervals = 5

// A blockPlan is how the intervals of a run are drawn.
type blockPlan struct {
	length  int     // of one, in intervals
	missed  float64 // how many times wider than the draws the truth spreads
	freedom float64 // degrees of freedom of the variance of the draws
}

// newBlockPlan chooses how many intervals to keep together: more, if what happens in
// one is felt longer in those after it (Carlstein 1986, for a first-order
// autoregression), and a quarter of the run at the most.
//
// Draws of blocks spread less than the truth: they cut the ties between intervals of
// different blocks, and they are centred on what the run came to. For an
// autoregression the sizes of both effects are known.
func newBlockPlan(t Track) blockPlan {
	n, c := float64(t.Len()), autocorrelation(t)
	length := math.Ceil(max(1, math.Cbrt(n)*max(1, math.Pow(math.Sqrt(6)*c/(1-c*c), 2./3))))
	length = max(1, min(length, math.Floor(n/4)))
	whole := inflation(n, c)
	return blockPlan{
		length: int(length),
		missed: math.Sqrt(whole / max(whole/maxMissed, inflation(length, c)-whole*length/n)),
		// Overlapping blocks say half as much again as ones side by side.
		freedom: max(1, 1.5*n/length-1),
	}
}

// maxMissed bounds how many times a variance is enlarged. If more is missing, the
// intervals are so few and so alike that their likeness is not known either.
const maxMissed = 25

// inflation is how many times larger than for unrelated intervals the variance of the
// mean of n is, if intervals that follow one another are correlated by c.
func inflation(n, c float64) float64 {
	sum, power := 1.0, 1.0
	for k := 1.0; k < n; k++ {
		power *= c
		sum += 2 * (1 - k/n) * power
	}
	return sum
}

// autocorrelation is how alike neighbouring intervals are, from 0 to just below 1. A
// short run shows too little of it, since its own mean follows its values; that is
// corrected (Kendall 1954).
func autocorrelation(t Track) float64 {
	var values []float64
	mean := 0.0
	for i := range t.Len() {
		if v, ok := t.Value([]Span{{i, i + 1}}); ok {
			values = append(values, v)
			mean += v
		}
	}
	n := float64(len(values))
	mean /= max(1, n)
	products, squares := 0.0, 0.0
	for i, v := range values {
		squares += (v - mean) * (v - mean)
		if i > 0 {
			products += (v - mean) * (values[i-1] - mean)
		}
	}
	if squares == 0 || n < minIntervals {
		return 0
	}
	return min(max(0, (n*products/squares+1)/(n-3)), 0.97)
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

// percentiles bounds all but a share alpha of the values drawn. If a tenth of the
// draws had no value, there is no interval.
func percentiles(drawn []float64, alpha float64) ConfidenceInterval {
	if len(drawn) < resamples*9/10 {
		return ConfidenceInterval{math.Inf(-1), math.Inf(1)}
	}
	slices.Sort(drawn)
	tail := int(alpha / 2 * float64(len(drawn)))
	return ConfidenceInterval{drawn[tail], drawn[len(drawn)-1-tail]}
}
