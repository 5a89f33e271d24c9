package capacity

import "math"

// fit is where trials near a rate say that the capacity is. The lowest goal decides.
func fit(trials []*Trial, goals []Goal, near float64) Range {
	q := newQueue(trials, near)
	if q == nil {
		return Range{near * (1 - locality), near, near * (1 + locality)}
	}
	out := Range{math.Inf(1), math.Inf(1), math.Inf(1)}
	for g := range goals {
		one := q.capacity(g, &goals[g])
		out.Low, out.Best, out.High = min(out.Low, one.Low), min(out.Best, one.Best), min(out.High, one.High)
	}
	out.Low *= 1 - grain
	out.High *= 1 + grain
	return out
}

// grain is how much of a rate a range has at least on each side.
const grain = 0.004

// capacity is where the trials say that the queue just keeps a goal.
//
// Two curves are held against the shares of bad samples. One follows from the queue: in
// heavy traffic the share of messages that wait longer than T falls as exp(-2·d·s·T/v),
// if the server does s messages/s and could do d more, and v is the variance of the
// queue's increments (Kingman 1962). So where the goal is broken follows mostly from the
// speed, which trials show much sooner than a share of one in a hundred. The other curve
// assumes nothing but that the share grows with the rate. It is for servers that are slow
// for another reason than their queue, and is used if the first one contradicts the trials.
func (q *queue) capacity(goal int, g *Goal) Range {
	out := newBelief(q.near)
	if g.Limit == 0 || !g.OfMessages {
		q.believeShares(out, q.points(goal, 0), g, 100, 5)
		return out.span()
	}
	// What is left for waiting, if a message by itself takes as long as those under way.
	limit := max(g.Limit.Seconds()-q.base/q.near, g.Limit.Seconds()/4)
	// By how much a rate is to stay below the speed, and for how long such a queue
	// remembers what it was.
	room := q.variance() * -math.Log(g.Share) / (2 * q.near * limit)
	memory := q.variance() / (room * room)
	points := q.points(goal, memory)
	q.believeQueue(out, points, g, limit, room/q.near, min(1, 2*memory))
	shares := newBelief(q.near)
	q.believeShares(shares, points, g, min(max(2*q.near*q.near*limit/q.variance(), 4), 2000), 2.5)
	out.mix(shares, math.Log(distrust))
	return out.span()
}

// distrust is the chance that a server is slow for another reason than its queue.
const distrust = 0.003

// believeQueue adds the capacities that follow from how the queue walks. lightness is how
// far the capacity is below the speed, as a share: the farther, the less exact the theory
// is. limit is how long a message may wait, and weight is what a second of a walk counts for: seconds tell little if the queue
// forgets what it was in less than one.
func (q *queue) believeQueue(b *belief, points []point, g *Goal, limit, lightness, weight float64) {
	all, most := q.candidates(weight)
	vague := 0.4 + 3*lightness - math.Log(g.Share)*(g.Limit.Seconds()-limit)/g.Limit.Seconds()
	sum := math.Inf(-1)
	inAll := newBelief(q.near)
	for _, c := range all {
		if c.weight < most-7 {
			continue
		}
		sum = logSum(sum, c.weight)
		for i := -2.0; i <= 2; i++ {
			for k := -1.5; k <= 1.5; k += 1.5 {
				// The share of messages that have to wait at all, and the tail's slope.
				amount, slope := vague*i, math.Exp((0.15+1.5*lightness)*k)
				steep := slope * 2 * c.speed * limit / varianceAt(c.variance)
				capacity := c.speed - (amount-math.Log(g.Share))/steep
				fits := likelihood(points, g, func(p *point) float64 {
					return steep * (p.rate - capacity*(1-c.change*p.age))
				})
				inAll.add(capacity, c.weight+fits+normalLog(i)+normalLog(k))
			}
		}
	}
	b.mix(inAll, -sum-math.Log(normalSum(2, 1)*normalSum(1, 1.5)))
}

// believeShares adds the capacities that follow from the shares of bad samples alone, as
// 1-exp(-c·rate^s) for many s around steep, mostly within a factor.
func (q *queue) believeShares(b *belief, points []point, g *Goal, steep, factor float64) {
	prior := math.Log(normalSum(6, 1.0/3)) + math.Log(bins+1)
	for i := range b.weight {
		capacity := b.rate(i)
		for k := -2.0; k <= 2; k += 1.0 / 3 {
			slope := steep * math.Pow(factor, k)
			fits := likelihood(points, g, func(p *point) float64 { return slope * math.Log(p.rate/capacity) })
			b.weight[i] = logSum(b.weight[i], fits+normalLog(k)-prior)
		}
	}
}

// normalLog is the logarithm of the standard normal density, but for a constant.
func normalLog(z float64) float64 { return -z * z / 2 }

// normalSum is the sum of the weights of normalLog on 2·n+1 points, so far apart.
func normalSum(n int, apart float64) float64 {
	sum := 0.0
	for i := -n; i <= n; i++ {
		sum += math.Exp(normalLog(float64(i) * apart))
	}
	return sum
}

// A point is what a trial showed of a goal, in independent samples.
type point struct {
	rate   float64
	age    float64 // in minutes
	n, bad float64
}

// overloaded is for how many samples a trial counts whose queue grew: all were bad, but
// how bad depends on how long it lasted.
const overloaded = 2

// leastBlocks is how many seconds a trial has to have that did not fail, for its share to
// count: a shorter one ends before its queue has grown.
const leastBlocks = 6

// points are what the trials showed of a goal, if the queue remembers what it was for so
// many seconds.
func (q *queue) points(goal int, memory float64) []point {
	var points []point
	for i, t := range q.trials {
		blocks := settled(t.Blocks)
		c := total(blocks, goal)
		if _, grows := growth(t.Blocks); grows || t.hopeless {
			points = append(points, point{t.Rate, q.ages[i], overloaded, overloaded})
			continue
		}
		if c.N > 0 && len(t.Blocks) >= leastBlocks {
			effect := max(designEffect(blocks, goal, c.share()), 1+2*t.Rate*memory)
			points = append(points, point{t.Rate, q.ages[i], float64(c.N) / effect, float64(c.Bad) / effect})
		}
	}
	return points
}

// likelihood is the logarithm of how likely points are, if above tells by how much the
// logarithm of the share of bad samples is above that at the capacity.
func likelihood(points []point, g *Goal, above func(p *point) float64) float64 {
	share := -math.Log1p(-g.Share)
	sum := 0.0
	for i := range points {
		p := &points[i]
		// A trial whose queue grows to no end has some good samples all the same.
		hazard := min(3, share*math.Exp(min(8, above(p))))
		sum -= (p.n - p.bad) * hazard
		if p.bad > 0 {
			sum += p.bad * math.Log(max(1e-12, -math.Expm1(-hazard)))
		}
	}
	return sum
}
