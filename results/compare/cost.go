package compare

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// What a delivered message costs is all the time that sessions spent on their
// phases and messages, divided by the messages accepted. So the messages of a
// connection share its set-up, and the messages delivered pay for those that failed.
// It is a mean of service times, so that the phases add up to it.
//
// Not in it are the look-up of the name, which is done once for all sessions, pauses
// between messages, waiting for one's turn under open load, and the generator's own
// time between the phases of a set-up: none of them is the server's. The generator's
// own time within a message is part of the message's span, and so of the cost;
// OwnShare says how much there is. The set-up of a session that began in the warm-up
// is not counted; about as many sessions begin in the load and end after it.

// A cost is what a delivered message takes, on average.
type cost struct {
	whole  time.Duration
	phases map[sample.Phase]time.Duration // those that have samples
	// between is the part of the messages' time that is in none of their phases: the
	// sending of their bytes, the generator's own time, and waits for replies that
	// never came. It is nil if it cannot be told: a run file of an earlier version
	// may have pipelined phases that overlap, and lacks the time of messages that
	// failed half-way.
	between *time.Duration
}

// roundingShare is more than rounding adds to the phases: a histogram keeps three
// digits.
const roundingShare = 0.002

// costOf is false if nothing was delivered.
func costOf(t *tally.Total) (cost, bool) {
	n := t.Outcomes[sample.Accepted]
	if n == 0 {
		return cost{}, false
	}
	share := func(s tally.Slot) time.Duration {
		return time.Duration(float64(t.Hists[s].Sum()) / float64(n))
	}
	c := cost{phases: map[sample.Phase]time.Duration{}}
	for _, s := range tally.CostSlots {
		c.whole += share(s)
	}
	between := c.whole
	for _, p := range tally.CostPhases {
		if s := tally.SlotOf(p, sample.Service); t.Hists[s].Count() > 0 {
			c.phases[p] = share(s)
			between -= share(s)
		}
	}
	if float64(between) >= -roundingShare*float64(c.whole) {
		c.between = new(max(0, between))
	}
	return c, true
}

// costMetrics are what flows are compared by: time, and the generator's CPU time.
var costMetrics = []comparedMetric{
	{name: "cost.time", track: costTrack, of: func(r *roundData) (float64, bool) {
		c, ok := costOf(r.total)
		return float64(c.whole), ok
	}},
	{name: "cost.cpu", of: (*roundData).deliveredCPU},
}

// deliveredCPU is the generator's CPU time over the messages accepted.
func (r *roundData) deliveredCPU() (float64, bool) {
	m := r.total.Messages()
	if r.cpu <= 0 || m.Accepted == 0 {
		return 0, false
	}
	return float64(r.cpu) * float64(m.Attempted) / float64(m.Accepted), true
}

// costTrack is the cost over the intervals of a sole round.
func costTrack(f *soleRound) stats.Track {
	return f.quotient(func(_ int, i *record.Interval) (above, below float64) {
		return i.Spent, float64(i.Messages[sample.Accepted])
	})
}
