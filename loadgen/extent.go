package loadgen

import (
	"math"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

// Forever is longer than any plan takes: a length of so much is that or more.
const Forever = time.Duration(math.MaxInt64)

// Length is how long a plan takes, apart from what drains at the end, and Forever at the
// most. It is false if that depends on the server.
func (p *Plan) Length() (time.Duration, bool) {
	var sum, most time.Duration
	for i := range p.Flows {
		d, ok := p.RoundLength(i)
		if !ok {
			return 0, false
		}
		sum, most = plus(sum, d), max(most, d)
	}
	if !p.InTurn {
		sum = most
	}
	if rounds := time.Duration(max(1, p.Rounds)); sum <= Forever/rounds {
		return sum * rounds, true
	}
	return Forever, true
}

// plus is the sum of two lengths, and Forever at the most.
func plus(a, b time.Duration) time.Duration {
	if a > Forever-b {
		return Forever
	}
	return a + b
}

// RoundLength is how long one round of a flow takes, with its warm-up and without
// what drains at its end. It is false if that depends on the server.
func (p *Plan) RoundLength(flow int) (time.Duration, bool) {
	l := &p.Flows[flow].Load
	d := l.Duration
	if l.Open() {
		d = pace.New(l.Stages, l.Process, p.Seed).Duration()
	}
	return plus(p.Warmup, d), d > 0
}

// MostSessions is how many sessions a plan has open at once, at most: flows that
// run together add up, flows in turn do not.
func (p *Plan) MostSessions() int { return p.PartSessions(Part{}, 1) }

// PartSessions is the same of the part of the plan that falls to so many shards.
func (p *Plan) PartSessions(part Part, shards int) int {
	var sum, most int
	for i := range p.Flows {
		n := 0
		for shard := range shards {
			n += int(part.deal(shard, shards).share(int64(p.Flows[i].Load.MostSessions())))
		}
		sum, most = sum+n, max(most, n)
	}
	if p.InTurn {
		return most
	}
	return sum
}

// MostSessions is how many sessions a load has open at once, at most.
func (l *Load) MostSessions() int {
	if l.Open() {
		return l.MaxSessions
	}
	return l.Sessions
}

// MostParts is among how many shards a plan can be shared so that each has some of it: as many
// as its largest flow has sessions, or messages if those are fewer.
func (p *Plan) MostParts() int {
	most := int64(0)
	for i := range p.Flows {
		l := &p.Flows[i].Load
		n := int64(l.MostSessions())
		if l.Messages > 0 {
			n = min(n, l.Messages)
		}
		most = max(most, n)
	}
	return int(most)
}

// PeakRate is the highest rate of an open load, in arrivals a second.
func (l *Load) PeakRate() float64 {
	var most pace.Rate
	for _, s := range l.Stages {
		most = max(most, s.From, s.To)
	}
	return float64(most)
}
