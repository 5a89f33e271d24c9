package record

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// Total is what a series came to; nil if it has nothing.
func (r *Run) Total(s sample.Series) *tally.Total { return r.totals[s] }

// FlowTotal adds up a flow's rounds of a stage.
func (r *Run) FlowTotal(flow int, stage sample.Stage) *tally.Total {
	sum := tally.NewTotal()
	for round := range r.Header.Rounds {
		sum.Add(r.totals[sample.Series{Flow: flow, Round: round, Stage: stage}])
	}
	return sum
}

// Heard is how servers introduced themselves to a flow.
func (r *Run) Greetings(flow int) *tally.Greetings { return &r.greetings[flow] }

// LastGauge is how a flow's arrivals and sessions stood at the end, with the most
// sessions that were open at once.
func (r *Run) LastGauge(flow int) Gauge { return r.gauges[flow] }

// CPU is what the generator took for a message of a flow's round, by the
// intervals that were the flow's alone; 0 if there are none.
func (r *Run) CPU(flow, round int) time.Duration { return r.cpu.of(flow, round) }

// Damage is where the run's file ends, and what of that could not be read; "" if
// it is whole.
func (r *Run) Damage() string { return r.damaged }

// Unwritten is why the run's file is not whole; nil if it is.
func (r *Run) Unwritten() error { return r.unwritten }

// Apart is the longest time that runs merged into this one did not overlap.
func (r *Run) LongestGap() time.Duration {
	var longest time.Duration
	for _, d := range r.gaps {
		longest = max(longest, d)
	}
	return longest
}

// Width is how many seconds an interval has.
func (r *Run) Width() int64 { return max(1, r.width) }

// End is where the last interval ends.
func (r *Run) End() sample.Instant { return r.end }
