package capacity

import (
	"math"
	"slices"
)

// A queue is what the trials near a rate say of the server's queue, in the terms of a walk.
type queue struct {
	near   float64
	trials []*Trial
	walks  []*walk
	ages   []float64 // of the trials, in minutes
	likely int       // the variance that is the likeliest, on the grid
	base   float64   // messages that are under way and do not wait
	steady float64   // what is added to the variance of a walk's mean, by the square of its speed
}

// newQueue is nil if no trial is near enough.
func newQueue(trials []*Trial, near float64) *queue {
	q := &queue{near: near, base: underWay(trials, near)}
	age := 0.0
	for _, t := range slices.Backward(trials) {
		if !t.spoiled() && t.Rate >= near*(1-locality) && t.Rate <= near*(1+2*locality) && len(t.Blocks) >= 3 {
			q.trials, q.walks, q.ages = append(q.trials, t), append(q.walks, t.walkAbove(q.base)), append(q.ages, age+t.Took.Minutes()/2)
		}
		age += t.Took.Minutes()
	}
	if len(q.trials) == 0 {
		return nil
	}
	q.likely = q.likeliest(gridOf(wander(q.trials)))
	q.steady = unsteadiness * unsteadiness
	return q
}

// variance is that of the queue's increments, in messages²/s.
func (q *queue) variance() float64 { return varianceAt(q.likely) }

// unsteadiness is by how much a server's speed is another one in each trial, as a share.
const unsteadiness = 0.003

// likeliest finds the likeliest variance, from one of the grid in both directions.
func (q *queue) likeliest(from int) int {
	best, at := math.Inf(-1), from
	for _, direction := range []int{1, -1} {
		for i := from; i >= leastVariance && i < from+20; i += direction {
			most := math.Inf(-1)
			for k := range 31 {
				most = max(most, q.walked(i, q.near*(1+locality*(float64(k)/15-1)), 0))
			}
			if most < best-5 {
				break
			}
			if most > best {
				best, at = most, i
			}
		}
	}
	return at
}

// leastVariance is the smallest of the grid: an idle server's queue is 0 or 1.
const leastVariance = -3

// walked is how likely all walks are: with a variance of the grid, and with a speed of the
// server in messages/s that changes by a share each minute.
func (q *queue) walked(variance int, speed, change float64) float64 {
	sum := 0.0
	for i, w := range q.walks {
		weight := 1 / (1 + q.steady*speed*speed*float64(len(w.waiting))/q.variance())
		sum += weight * w.likelihood(variance, w.rate-speed*(1-change*q.ages[i]))
	}
	return sum
}

// A candidate is a server that may be the one that was loaded.
type candidate struct {
	variance      int
	speed, change float64
	weight        float64 // a logarithm
}

// changes are by how much a server may become faster in a minute, as a share: little if
// at all.
var changes = []float64{-0.01, -0.005, 0, 0.005, 0.01}

const usualChange = 0.004 // the standard deviation of these

// candidates lists the servers around the likeliest one, and the most that one weighs.
// weight is what a second counts for.
func (q *queue) candidates(weight float64) (all []candidate, most float64) {
	middle, top := q.near, math.Inf(-1)
	for i := range 121 {
		speed := q.near * (1 + locality*(float64(i)/60-1))
		if l := q.walked(q.likely, speed, 0); l > top {
			middle, top = speed, l
		}
	}
	seconds := 0.0
	for _, w := range q.walks {
		n := float64(len(w.waiting))
		seconds += n / (1 + q.steady*middle*middle*n/q.variance())
	}
	width := max(6*math.Sqrt(q.variance()/seconds/weight)/q.near, 0.02)
	most = math.Inf(-1)
	for v := q.likely - 3; v <= q.likely+3; v++ {
		for i := range 33 {
			speed := middle * (1 + width*(float64(i)/16-1))
			for _, change := range changes {
				c := candidate{v, speed, change, weight*q.walked(v, speed, change) + normalLog(change/usualChange)}
				all, most = append(all, c), max(most, c.weight)
			}
		}
	}
	return all, most
}

// wander is the variance of how a queue grows in a second, in messages²/s, by the median
// of the deviations: the first guess.
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

// underWay is how many messages are with the server at a rate and do not wait, as far as
// trials at lower rates show.
func underWay(trials []*Trial, rate float64) float64 {
	var list []float64
	for _, t := range trials {
		if t.Rate > 0.85*rate || t.Rate < 0.2*rate || t.Outcome == Invalid || t.Outcome == Unanswered || t.Outcome == Fail {
			continue
		}
		for i := range t.Blocks {
			list = append(list, float64(t.Blocks[i].Waiting)/t.Rate)
		}
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return math.Floor(list[len(list)/5] * rate)
}
