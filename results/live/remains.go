package live

import (
	"time"
)

// Remains is how much of a run is left, apart from what drains at the end.
type Remains struct {
	Done float64 // the share of the run that is over, 0 to 1

	// Left is how long the load goes on. It is planned, or estimated from how long
	// the part took that is over, or not known yet.
	Left time.Duration
	Kind RemainsKind
}

// A RemainsKind says where the time left comes from.
type RemainsKind uint8

// The kinds of time left.
const (
	Unknown   RemainsKind = iota // the server decides, and has done too little
	Planned                      // the plan says so
	Estimated                    // from the part that is over
)

// leastDone is the share of a run that has to be over before the rest is estimated from
// it.
const leastDone = 0.02

func (c *course) remains() Remains {
	if left, ok := c.planned(); ok {
		r := Remains{Left: left, Kind: Planned, Done: 1}
		if all := c.at.Elapsed + left; all > 0 {
			r.Done = float64(c.at.Elapsed) / float64(all)
		}
		return r
	}
	r := Remains{Done: c.share()}
	if r.Done >= leastDone {
		r.Kind, r.Left = Estimated, time.Duration(float64(c.at.Elapsed)*(1-r.Done)/r.Done)
	}
	return r
}

// planned is how long the plan says that the rest of the run takes. It is false if
// that depends on the server.
func (c *course) planned() (left time.Duration, ok bool) {
	if _, ok := c.plan.Length(); !ok {
		return 0, false
	}
	if c.round >= c.rounds {
		return 0, true
	}
	var round, now time.Duration // a whole round, and what is left of this one
	for k := range c.plan.Flows {
		length, _ := c.plan.RoundLength(k)
		rest := c.rest(k, length)
		if c.plan.InTurn {
			round, now = round+length, now+rest
		} else {
			round, now = max(round, length), max(now, rest)
		}
	}
	return now + time.Duration(c.rounds-c.round-1)*round, true
}

// rest is how long a flow goes on in this round, whose length is planned.
func (c *course) rest(flow int, length time.Duration) time.Duration {
	switch {
	case c.state(flow) == Waiting:
		return length
	case c.state(flow) == Done, c.draining(flow):
		return 0
	}
	return max(0, length-c.plan.Warmup-c.load(flow, c.at.Elapsed))
}

// share is how much of the run is over, if it takes as long as the server needs. All
// turns count alike.
func (c *course) share() float64 {
	if c.round >= c.rounds {
		return 1
	}
	var sum float64
	slowest := 1.0
	for k := range c.plan.Flows {
		share := c.shareOfRound(k)
		sum, slowest = sum+share, min(slowest, share)
	}
	if c.plan.InTurn {
		slowest = sum / float64(len(c.plan.Flows))
	}
	return (float64(c.round) + slowest) / float64(c.rounds)
}

// shareOfRound is how much of a flow's round is over.
func (c *course) shareOfRound(flow int) float64 {
	switch c.state(flow) {
	case Waiting:
		return 0
	case Done:
		return 1
	}
	if length, ok := c.plan.RoundLength(flow); ok {
		return 1 - float64(c.rest(flow, length))/float64(length)
	}
	messages := c.plan.Flows[flow].Load.Messages
	if messages <= 0 {
		return 0
	}
	sent := c.at.Flows[flow].Messages.Attempted - int64(c.round)*messages
	return min(1, max(0, float64(sent)/float64(messages)))
}

// Over tells whether the load of every round has ended and all sessions are closed.
func (s *Standing) Over() bool { return len(s.UnderWay()) == 0 && len(s.Waiting()) == 0 }
