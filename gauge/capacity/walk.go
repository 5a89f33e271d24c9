package capacity

import "math"

// A walk is what a trial shows of its server's queue, for a model: how many messages wait
// is a random walk that cannot fall below nothing. By the second it drifts by the rate
// less the speed of the server, with a variance. In heavy traffic every queue is like
// that (Kingman 1962, Harrison 1985).
//
// The model takes a trial as it is, from an empty queue to one that is full or grows, so
// it needs no steady state, which a queue near its limit reaches only after minutes.
type walk struct {
	rate    float64
	base    float64
	waiting []float64 // at the end of each second
	due     []float64
	known   map[int]float64 // the likelihoods that have been worked out
}

// finer is the ratio of neighbouring variances of the grid.
const finer = 1.2

// drifts is how many drifts of the grid there are in a standard deviation of a second.
const drifts = 10

// varianceAt is a variance of the grid, in messages²/s.
func varianceAt(i int) float64 { return math.Pow(finer, float64(i)) }

// gridOf is the variance of the grid that is next to v.
func gridOf(v float64) int { return int(math.Round(math.Log(v) / math.Log(finer))) }

// walkAbove is the walk of a trial, without base messages, which are under way rather than
// waiting.
func (t *Trial) walkAbove(base float64) *walk {
	if t.walk != nil && t.walk.base == base {
		return t.walk
	}
	w := &walk{rate: t.Rate, base: base, known: map[int]float64{}}
	for i := range t.Blocks {
		w.waiting = append(w.waiting, max(0, float64(t.Blocks[i].Waiting)-base))
		w.due = append(w.due, float64(t.Blocks[i].Due))
	}
	t.walk = w
	return w
}

// likelihood is the logarithm of how likely the walk is with a variance of the grid, and
// a drift in messages/s.
func (w *walk) likelihood(variance int, drift float64) float64 {
	at := drift / math.Sqrt(varianceAt(variance)) * drifts
	below := math.Floor(at)
	part := at - below
	return (1-part)*w.onGrid(variance, int(below)) + part*w.onGrid(variance, int(below)+1)
}

// onGrid is the likelihood of a drift of the grid.
func (w *walk) onGrid(variance, drift int) float64 {
	key := drift*1000 + variance // a variance is 10^±90 at the ends
	if l, ok := w.known[key]; ok {
		return l
	}
	deviation := math.Sqrt(varianceAt(variance))
	m := float64(drift) / drifts * deviation
	sum := 0.0
	for i := 1; i < len(w.waiting); i++ {
		from, to := w.waiting[i-1], w.waiting[i]
		p := atOrBelow(to+0.5, from, m, deviation)
		if to > 0 {
			p -= atOrBelow(to-0.5, from, m, deviation)
		}
		// A second in which the server did something else is no evidence.
		sum += math.Log((1-strange)*max(0, p) + strange/(2*w.due[i]+2))
	}
	w.known[key] = sum
	return sum
}

// strange is the share of seconds in which a server is not like the model.
const strange = 0.02

// atOrBelow is the chance that a walk from x, with a drift and a standard deviation a
// second, is at y or below a second later (Harrison 1985, 1.8).
func atOrBelow(y, x, drift, deviation float64) float64 {
	first := normal((y - x - drift) / deviation)
	z, v := (y+x+drift)/deviation, deviation*deviation
	if z > 5 { // two factors, one of them huge and the other tiny
		exponent := -((y-drift)*(y-drift) + 2*x*(y+drift) + x*x) / (2 * v)
		return first - math.Exp(exponent)/(z*math.Sqrt(2*math.Pi))*(1-1/(z*z))
	}
	return first - math.Exp(2*drift*y/v)*normal(-z)
}

// normal is the distribution function of the standard normal distribution.
func normal(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
