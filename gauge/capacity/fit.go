package capacity

import (
	"math"
	"slices"
)

// A Range is a rate, and the rates between which it lies, in messages/s.
type Range struct {
	Low  float64 `json:"low"`
	Best float64 `json:"best"`
	High float64 `json:"high"`
}

// fit is where trials near a rate say that the capacity is. Of each goal the share of bad
// samples grows with the rate r as 1-exp(-c·r^s), the share of a queue with a small one
// as well as with a large one. The range holds those capacities that are not much less
// likely than the best. The lowest goal decides.
//
// How steep the curve is follows roughly from how much the queue wanders: in heavy
// traffic the share of messages that wait longer than T falls as exp(-2·d·r·T/v), if the
// server could do d messages/s more, and v is the variance of the queue's increments
// (Kingman 1962). So v also says how long a queue remembers, and so for how few
// independent samples a trial counts.
func fit(trials []*Trial, goals []Goal, near float64) Range {
	local := slices.DeleteFunc(slices.Clone(trials), func(t *Trial) bool {
		return t.Outcome == Invalid || t.Rate < near*(1-locality) || t.Rate > near*(1+locality) || len(t.Blocks) == 0 ||
			t.Outcome != Fail && len(t.Blocks) < leastBlocks
	})
	if len(local) == 0 {
		return Range{near * (1 - locality), near, near * (1 + locality)}
	}
	variance := wander(local)
	out := Range{math.Inf(1), math.Inf(1), math.Inf(1)}
	for g := range goals {
		one := fitGoal(local, g, &goals[g], near, variance)
		out.Low, out.Best, out.High = min(out.Low, one.Low), min(out.Best, one.Best), min(out.High, one.High)
	}
	// No trial shows a drift of its queue smaller than this.
	seconds := 0.0
	for _, t := range local {
		seconds = max(seconds, float64(len(t.Blocks)))
	}
	blind := min(math.Sqrt(variance/seconds)/near, 0.5)
	out.Low *= 1 - emptiness*blind - blindness*blind - 3*leastGrowth
	out.Best *= 1 - emptiness*blind
	out.High *= 1 - emptiness*blind + blindness*blind + leastGrowth
	return out
}

// What a trial's length hides, as standard deviations of its queue's drift, by the
// simulations of the tests.
const (
	emptiness = 0.7 // trials begin with an empty queue, and so pass at rates that are a little too high
	blindness = 0.7 // a drift so small may be missed
)

// locality is how far from the capacity trials have a part in the fit.
const locality = 0.12

// leastBlocks is how many seconds a trial has to have that did not fail, to have a part
// in the fit: a shorter one ends before its queue has grown.
const leastBlocks = 8

// wander is the variance of how a queue grows in a second, in messages²/s, by the median
// of the deviations, because a server may change its speed in the middle of a trial.
func wander(trials []*Trial) float64 {
	var off []float64
	for _, t := range trials {
		steps := increments(settled(t.Blocks))
		if len(steps) < 4 {
			continue
		}
		middle := median(slices.Clone(steps))
		for _, d := range steps {
			off = append(off, math.Abs(d-middle))
		}
	}
	if len(off) == 0 {
		return 1
	}
	deviation := 1.4826 * median(off)
	return max(1, deviation*deviation)
}

func median(list []float64) float64 {
	slices.Sort(list)
	return (list[len(list)/2] + list[(len(list)-1)/2]) / 2
}

// A point is what a trial showed of a goal, in independent samples.
type point struct{ log, n, bad float64 }

func pointsOf(trials []*Trial, goal int, g *Goal, variance float64) []point {
	var points []point
	for _, t := range trials {
		blocks := settled(t.Blocks)
		c := total(blocks, goal)
		if _, grows := growth(t.Blocks); grows || t.hopeless {
			points = append(points, point{math.Log(t.Rate), overloaded, overloaded})
			continue
		}
		if c.N == 0 {
			continue
		}
		effect := designEffect(blocks, goal, c.share())
		if g.Limit > 0 {
			// The drift at which the queue keeps the goal, or the smallest that the
			// trial could show.
			drift := max(variance*math.Log(1/g.Share)/(2*t.Rate*g.Limit.Seconds()), 2*math.Sqrt(variance/float64(len(blocks))))
			effect = max(effect, 2*t.Rate*variance/(drift*drift))
		}
		points = append(points, point{math.Log(t.Rate), float64(c.N) / effect, float64(c.Bad) / effect})
	}
	return points
}

// overloaded is for how many samples a trial counts whose queue grew: all were bad, but
// how bad depends on how long it lasted.
const overloaded = 2

// confidence is by how much less likely, as a logarithm, the ends of a range are.
const confidence = 2.5

func fitGoal(trials []*Trial, goal int, g *Goal, near, variance float64) Range {
	points := pointsOf(trials, goal, g, variance)
	steep, spread := 100.0, math.Log(5)
	if g.Limit > 0 {
		steep, spread = min(max(2*near*near*g.Limit.Seconds()/variance, 4), 2000), math.Log(2.5)
	}
	share := -math.Log1p(-g.Share)
	const steps = 240
	var profile [steps + 1]float64
	rate := func(i int) float64 { return near * (1 + locality*(float64(i)*2/steps-1)) }
	best := math.Inf(-1)
	for i := range profile {
		x := math.Log(rate(i))
		profile[i] = math.Inf(-1)
		for k := -6; k <= 6; k++ {
			slope := steep * math.Exp(float64(k)*spread/3)
			sum := -float64(k*k) / 18
			for _, p := range points {
				hazard := share * math.Exp(min(50, slope*(p.log-x)))
				sum -= (p.n - p.bad) * hazard
				if p.bad > 0 {
					sum += p.bad * math.Log(max(1e-30, -math.Expm1(-hazard)))
				}
			}
			profile[i] = max(profile[i], sum)
		}
		best = max(best, profile[i])
	}
	out := Range{Low: math.Inf(1)}
	sum, weight := 0.0, 0.0
	for i, v := range profile {
		if v >= best-confidence {
			out.Low, out.High = min(out.Low, rate(i)), max(out.High, rate(i))
		}
		sum += math.Exp(v-best) * rate(i)
		weight += math.Exp(v - best)
	}
	out.Best = sum / weight
	return out
}
