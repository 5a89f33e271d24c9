package stats

import "sort"

// A Quotient is a Track of one sum over another: accepted messages over time,
// say.
type Quotient struct{ above, below []float64 } // at i, the sums over the intervals before i

// NewQuotient makes a track of what each interval adds above and below the
// line. Both are of the same length.
func NewQuotient(above, below []float64) *Quotient {
	return &Quotient{prefixSums(above), prefixSums(below)}
}

// prefixSums are the sums of the values before each index.
func prefixSums(values []float64) []float64 {
	sums := make([]float64, len(values)+1)
	for i, v := range values {
		sums[i+1] = sums[i] + v
	}
	return sums
}

// Len is the number of intervals.
func (q *Quotient) Len() int { return len(q.above) - 1 }

// Value is the quotient over some intervals.
func (q *Quotient) Value(spans []Span) (float64, bool) {
	above, below := 0.0, 0.0
	for _, s := range spans {
		above += q.above[s.To] - q.above[s.From]
		below += q.below[s.To] - q.below[s.From]
	}
	return above / below, below > 0
}

// A Bucket is how often a value was seen in an interval.
type Bucket struct {
	Value float64
	Count int64
}

// gridSize is how many values a Quantile chooses from.
const gridSize = 256

// A Quantile is a Track of a quantile of all values seen.
type Quantile struct {
	q     float64
	grid  []float64
	upTo  [][]int64 // upTo[g][i]: of the values in all intervals before i, those of at most grid[g]
	count []int64   // the values in all intervals before
}

// NewQuantile makes a track of the q-quantile from the buckets of all intervals
// together, and from those of each of n intervals, for which it calls interval in
// turn. Buckets are in ascending order of their values. The quantile of a choice of
// intervals is read off a grid of values, which are spaced by how often they were seen
// around the quantile of all.
func NewQuantile(q float64, all []Bucket, n int, interval func(i int) []Bucket) *Quantile {
	t := &Quantile{q: q, grid: grid(q, all), count: make([]int64, n+1)}
	t.upTo = make([][]int64, len(t.grid))
	for g := range t.upTo {
		t.upTo[g] = make([]int64, n+1)
	}
	for i := range n {
		buckets := interval(i)
		seen, at := int64(0), 0
		for g, v := range t.grid {
			for at < len(buckets) && buckets[at].Value <= v {
				seen += buckets[at].Count
				at++
			}
			t.upTo[g][i+1] = t.upTo[g][i] + seen
		}
		for ; at < len(buckets); at++ {
			seen += buckets[at].Count
		}
		t.count[i+1] = t.count[i] + seen
	}
	return t
}

// grid chooses the values that a quantile may be: of all values for the median, and of
// the upper tenth for the 99th percentile.
func grid(q float64, all []Bucket) []float64 {
	total := int64(0)
	for _, b := range all {
		total += b.Count
	}
	lowest := max(0, 1-10*(1-q)) * float64(total)
	var values []float64
	seen, next := int64(0), lowest
	for i, b := range all {
		seen += b.Count
		if float64(seen) >= next || i == len(all)-1 {
			values = append(values, b.Value)
			next = max(next, float64(seen)) + (float64(total)-lowest)/gridSize
		}
	}
	return values
}

// Len is the number of intervals.
func (t *Quantile) Len() int { return len(t.count) - 1 }

// Value is the quantile over some intervals.
func (t *Quantile) Value(spans []Span) (float64, bool) {
	total := int64(0)
	for _, s := range spans {
		total += t.count[s.To] - t.count[s.From]
	}
	if total == 0 || len(t.grid) == 0 {
		return 0, false
	}
	wanted := t.q * float64(total)
	g := sort.Search(len(t.grid)-1, func(g int) bool {
		row, seen := t.upTo[g], int64(0)
		for _, s := range spans {
			seen += row[s.To] - row[s.From]
		}
		return float64(seen) >= wanted
	})
	return t.grid[g], true
}
