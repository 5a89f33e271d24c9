package servers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
)

// A Kind is a kind of server.
type Kind string

// The kinds. Their letters are Kendall's: how messages arrive, how long they take, and
// how many are served at a time; D is constant and M is exponential.
const (
	MD1      Kind = "M/D/1"
	MMC      Kind = "M/M/c"
	DD1      Kind = "D/D/1"
	Bistable Kind = "bistable" // D/D/1, but slower once many wait, until it is idle
	Drifting Kind = "drifting" // D/D/1 or M/D/1, and faster or slower from minute to minute
)

// Kinds are all kinds.
var Kinds = []Kind{MD1, MMC, DD1, Bistable, Drifting}

// A Case is a server to find the capacity of, and how.
type Case struct {
	Server *Server
	Plan   capacity.Plan
	Says   string                    // its parameters, for people
	Truth  func(now float64) float64 // its capacity in messages/s once so many seconds are over
}

// Draw makes a server of a kind, and a goal for it, with parameters at random.
func Draw(kind Kind, r *rand.Rand) *Case {
	const slowest, fastest = 60, 3000
	share := []float64{0.05, 0.01, 0.01, 0.01, 0.001}[r.IntN(5)]
	s := &Server{Random: r, Workers: 1, Poisson: kind == MD1 || kind == MMC}
	perSecond := slowest * math.Pow(fastest/slowest, r.Float64())
	limit := 0.03 * math.Pow(1/0.03, r.Float64())
	limit = max(limit, 10/perSecond) // md1Tail is for long times
	c := &Case{Server: s}
	speed := func(float64) float64 { return perSecond }
	switch kind {
	case MMC:
		s.Workers = 1 << r.IntN(5)
		// By itself a message takes too long far more rarely than the goal allows.
		limit = max(limit, math.Log(5/share)*float64(s.Workers)/perSecond)
		one := float64(s.Workers) / perSecond
		s.Service = func(s *Server, _ float64, _ int) float64 { return s.Random.ExpFloat64() * one }
		truth := solve(perSecond, func(rate float64) float64 { return mmcTail(rate, perSecond, s.Workers, limit) - share })
		c.Truth = func(float64) float64 { return truth }
		c.Says = fmt.Sprintf("%d workers", s.Workers)
	case Bistable:
		most := int(2 * limit * perSecond)
		trips, factor := 5+r.IntN(most+5), 1.2+2*r.Float64()
		s.Service = func(s *Server, _ float64, n int) float64 {
			s.slow = n > trips || s.slow && n > 0
			if s.slow {
				return factor / perSecond
			}
			return 1 / perSecond
		}
		c.Says = fmt.Sprintf("%.1f times slower once %d wait", factor, trips)
	case Drifting:
		drift := 0.02*r.Float64() - 0.01
		speed = func(now float64) float64 { return perSecond * math.Exp(drift*now/60) }
		s.Poisson = r.IntN(2) == 0
		c.Says = fmt.Sprintf("%+.2f %% a minute, Poisson %v", 100*drift, s.Poisson)
	}
	if s.Service == nil {
		s.Service = func(_ *Server, now float64, _ int) float64 { return 1 / speed(now) }
	}
	if c.Truth == nil {
		c.Truth = speed
		if s.Poisson {
			c.Truth = func(now float64) float64 {
				most := speed(now)
				return solve(most, func(rate float64) float64 { return md1Tail(rate, most, limit) - share })
			}
		}
	}
	s.Goal = capacity.Goal{
		Expr: fmt.Sprintf("message.response.p%g < %.0fms", 100*(1-share), 1000*limit), Share: share,
		Limit: time.Duration(limit * float64(time.Second)), OfMessages: true,
	}
	c.Plan = capacity.Plan{
		From: perSecond * math.Exp(-1-4*r.Float64()), Trial: time.Duration(5+r.IntN(11)) * time.Second, Goals: []capacity.Goal{s.Goal},
	}
	c.Says = fmt.Sprintf("%.0f/s, %s, from %.0f/s, trials of %v; %s", perSecond, s.Goal.Expr, c.Plan.From, c.Plan.Trial, c.Says)
	return c
}

// solve finds where an increasing function of a rate below most is 0.
func solve(most float64, f func(rate float64) float64) float64 {
	low, high := 0.0, most
	for range 60 {
		if middle := (low + high) / 2; f(middle) > 0 {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

// mmcTail is the share of messages whose response takes longer than t in an M/M/c queue
// that could do most a second: the sum of a service and, with the chance that Erlang's C
// formula gives, of an exponential wait.
func mmcTail(rate, most float64, workers int, t float64) float64 {
	offered, one := rate/most*float64(workers), most/float64(workers)
	b := 1.0 // Erlang's B, by its recursion
	for k := 1; k <= workers; k++ {
		b = offered * b / (float64(k) + offered*b)
	}
	waits := b / (1 - rate/most*(1-b))
	drift := most - rate
	if math.Abs(drift-one) < 1e-9*most {
		drift += 1e-6 * most
	}
	both := (drift*math.Exp(-one*t) - one*math.Exp(-drift*t)) / (drift - one)
	return (1-waits)*math.Exp(-one*t) + waits*both
}

// md1Tail is the share of messages whose response takes longer than t in an M/D/1 queue,
// for t of many service times: the wait's distribution has an exponential tail, whose
// exponent x solves rate·(exp(x/most)-1) = x (Crommelin 1932, Cramér and Lundberg).
func md1Tail(rate, most, t float64) float64 {
	load := rate / most
	// y = x/most solves load·(exp(y)-1) = y.
	low, high := 1e-12, 50.0
	for range 100 {
		if y := (low + high) / 2; load*math.Expm1(y) > y {
			high = y
		} else {
			low = y
		}
	}
	return (1 - load) / (load*math.Exp(low) - 1) * math.Exp(-low*most*(t-1/most))
}
