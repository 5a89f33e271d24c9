package capacity

import "math"

// A Range is a rate, and the rates between which it lies, in messages/s.
type Range struct {
	Low  float64 `json:"low"`
	Best float64 `json:"best"`
	High float64 `json:"high"`
}

// A belief is how likely each capacity near a rate is, as the logarithms of weights.
type belief struct {
	near   float64
	weight [bins + 1]float64
}

// locality is how far from a rate the capacity is looked for, as a share.
const locality = 0.15

// bins is into how many steps a belief is divided.
const bins = 400

// newBelief finds no capacity likely.
func newBelief(near float64) *belief {
	b := &belief{near: near}
	for i := range b.weight {
		b.weight[i] = math.Inf(-1)
	}
	return b
}

func (b *belief) rate(i int) float64 { return b.near * (1 + locality*(float64(i)*2/bins-1)) }

// add makes a capacity likelier. One that is too far away counts for the end that is next.
func (b *belief) add(capacity, weight float64) {
	i := int(math.Round((capacity/b.near - 1 + locality) / (2 * locality) * bins))
	i = min(max(i, 0), bins)
	b.weight[i] = logSum(b.weight[i], weight)
}

// mix adds another belief about the same rates, times a factor whose logarithm is trust.
func (b *belief) mix(other *belief, trust float64) {
	for i := range b.weight {
		b.weight[i] = logSum(b.weight[i], other.weight[i]+trust)
	}
}

// outside is the chance that a capacity is below its range, and that it is above it.
const outside = 0.003

// span is the range that holds the capacity, and its median.
func (b *belief) span() Range {
	total := math.Inf(-1)
	for _, w := range b.weight {
		total = logSum(total, w)
	}
	r := Range{Low: b.rate(0), Best: b.near, High: b.rate(bins)}
	sum := 0.0
	for i, w := range b.weight {
		before := sum
		sum += math.Exp(w - total)
		if before < outside && sum >= outside {
			r.Low = b.rate(max(0, i-1))
		}
		if before < 0.5 && sum >= 0.5 {
			r.Best = b.rate(i)
		}
		if before < 1-outside && sum >= 1-outside {
			r.High = b.rate(min(bins, i+1))
		}
	}
	return r
}

// logSum is the logarithm of the sum of two numbers whose logarithms these are.
func logSum(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}
