package live

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A course is where in its plan a run is. The stages that have ended tell.
type course struct {
	plan   *loadgen.Plan
	at     *record.Progress
	rounds int
	round  int           // under way, from 0; rounds once all are over
	turn   int           // the flow that has its turn, if they run in turn
	since  time.Duration // when the turn or the round began
}

func newCourse(p *loadgen.Plan, i *record.Progress) *course {
	c := &course{plan: p, at: i, rounds: max(1, p.Rounds), round: max(1, p.Rounds)}
	for k := range i.Flows {
		if over := roundsOver(&i.Flows[k]); over < c.round {
			c.round, c.turn = over, k
		}
		if e := i.Flows[k].Ended; e != nil && e.Stage == sample.Drain {
			c.since = max(c.since, e.At)
		}
	}
	return c
}

// roundsOver is how many rounds of a flow are over.
func roundsOver(f *record.FlowProgress) int {
	switch {
	case f.Ended == nil:
		return 0
	case f.Ended.Stage == sample.Drain:
		return f.Ended.Round + 1
	}
	return f.Ended.Round
}

func (c *course) state(flow int) State {
	switch over := roundsOver(&c.at.Flows[flow]); {
	case over > c.round || over == c.rounds:
		return Done
	case c.plan.InTurn && flow != c.turn:
		return Waiting
	case c.draining(flow) && c.at.Flows[flow].Open == 0:
		return Done
	}
	return UnderWay
}

// draining tells whether the load of the flow's round has ended.
func (c *course) draining(flow int) bool {
	e := c.at.Flows[flow].Ended
	return e != nil && e.Stage == sample.Steady && e.Round == c.round
}

// load is how long the flow's load has lasted in this round, less than 0 during the
// warm-up, as seen at a time since the run's start.
func (c *course) load(flow int, now time.Duration) time.Duration {
	if e := c.at.Flows[flow].Ended; e != nil && e.Stage == sample.Warmup {
		return max(0, now-e.At)
	}
	return now - c.since - c.plan.Warmup
}
