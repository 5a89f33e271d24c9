package record

import (
	"errors"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record/grain"
	"github.com/smtpgauge/smtpgauge/results/record/lines"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The bounds of a run file. Read keeps to them because a file may come from
// anywhere; a Collector keeps to them too, or does not begin.
const (
	maxLine = lines.MaxLength
	// Intervals are most of a file: this many are 100 flows for half a year. All
	// other lines have the rest.
	maxIntervals = lines.Most / 2
	maxFlows     = 1000
	maxRounds    = 100_000
	// The figures of every flow and every threshold take work for each round.
	// The bounds above alone would let a short header ask for minutes of it.
	maxWork = 1_000_000
	// A comparison checks every gate against every row.
	maxGates = 1000
	// MaxMinEffect is the largest smallest effect of interest, as a share.
	MaxMinEffect = 1e6
	// A share of an interval, such as the time on a CPU, is about 1 at most. In a
	// last interval of a few nanoseconds it can be far more, as the clock of CPU
	// time is coarse; sums of such shares are still finite.
	maxShare  = 1e12
	maxShards = 1e6
	// How many seconds an interval has of a file that a later version may write.
	maxWidth = 1 << 16
	// A figure of a process is added to those of others.
	maxSpan = 1 << 60
	// All phases of as many samples as a line may have.
	maxSpent = float64(histogram.MaxCount) * float64(histogram.HighestValue) * 100
)

// check refuses a header that no run has, or whose run would take too much
// work to show.
func (h *Header) check() error {
	if h.Agent != nil {
		if err := h.Agent.check(); err != nil {
			return err
		}
	}
	names := map[string]bool{}
	for i := range h.Flows {
		if name := h.Flows[i].Name; names[name] {
			return fmt.Errorf("flow %.80q twice", name)
		}
		names[h.Flows[i].Name] = true
	}
	stages := 0
	for flow, list := range h.Stages {
		stages += len(list)
		for _, s := range list {
			if s.For < 0 || s.For > maxSpan {
				return fmt.Errorf("a stage of flow %.80q that lasts %d ns, want 0 to %d", flow, int64(s.For), int64(maxSpan))
			}
		}
	}
	switch work := int64(len(h.Flows)+len(h.Thresholds)) * int64(h.Rounds); {
	case len(h.Flows) == 0 || len(h.Flows) > maxFlows:
		return fmt.Errorf("%d flows, want 1 to %d", len(h.Flows), maxFlows)
	case h.Rounds < 1 || h.Rounds > maxRounds:
		return fmt.Errorf("%d rounds, want 1 to %d", h.Rounds, maxRounds)
	case work > maxWork:
		return fmt.Errorf("%d flows and %d thresholds in %d rounds, want at most %d of them together times the rounds",
			len(h.Flows), len(h.Thresholds), h.Rounds, maxWork)
	case int64(stages)*int64(h.Rounds) > maxWork:
		return fmt.Errorf("%d stages of loads in %d rounds, want at most %d of them times the rounds", stages, h.Rounds, maxWork)
	case h.Sharding.Shards < 0 || h.Sharding.Shards > maxShards:
		return fmt.Errorf("%d shards, want 0 to %d", h.Sharding.Shards, int(maxShards))
	case len(h.Gates) > maxGates:
		return fmt.Errorf("%d gates, want at most %d", len(h.Gates), maxGates)
	case h.MinEffect < 0 || h.MinEffect > MaxMinEffect:
		return fmt.Errorf("a smallest effect of %g, want 0 to %g", h.MinEffect, float64(MaxMinEffect))
	}
	return nil
}

// Fits checks that a run file has room for a run of p that is judged by c. The
// error says what is too large.
func Fits(p *loadgen.Plan, c criteria.Criteria) error {
	h := NewHeader(p, c)
	h.ID = newID() // which takes room too
	if err := errors.Join(h.check(), checkLength(p)); err != nil {
		return fmt.Errorf("run file: %w", err)
	}
	out := fileWriter{w: io.Discard}
	out.header(&h)
	return out.flush()
}

// A longLine is the length of a line that Read would refuse.
type longLine int

func (l longLine) Error() string {
	return fmt.Sprintf("a line of %d octets, want at most %d", int(l), maxLine-1)
}

// checkLength refuses a load with more intervals than a file has room for. How long a
// load takes that ends by its messages is not known.
func checkLength(p *loadgen.Plan) error {
	var seconds, intervals float64
	for i := range p.Flows {
		load, rounds := &p.Flows[i].Load, float64(max(1, p.Rounds))
		length := (p.Warmup + load.Duration).Seconds()
		for _, s := range load.Stages {
			length += s.For.Seconds()
		}
		seconds += length * rounds
		// What a stage begins in is an interval by itself, and so is what it ends in.
		intervals += min(length*rounds, grain.Intervals(length*rounds)+4*rounds*float64(2+len(load.Stages)))
	}
	if intervals > maxIntervals {
		return fmt.Errorf("all flows' rounds together last %.0f s, which takes %.0f intervals: want at most %d; make the load shorter, or the flows or rounds fewer", seconds, intervals, maxIntervals)
	}
	return nil
}

// check refuses an interval that no run has, and that would spoil sums.
func (l *intervalLine) check() error {
	switch {
	case l.Stage == stageNames[sample.Drain] || l.From < 0 || l.To < l.From || l.Number < 0 || l.Missing < 0 || l.Missing > MaxAgents:
		return fmt.Errorf("interval %d of stage %s from %d to %d", l.Number, l.Stage, l.From, l.To)
	case l.Width < 0 || l.Width > maxWidth:
		return fmt.Errorf("interval %d is one of %d s, want at most %d", l.Number, l.Width, maxWidth)
	case l.Busy < 0 || l.Busy > maxShare || l.Waited < 0 || l.Waited > maxShare:
		return fmt.Errorf("interval %d has its shard busy for %g and waiting for %g of the time", l.Number, l.Busy, l.Waited)
	case l.Stood < 0 || l.Stood > maxSpan:
		return fmt.Errorf("interval %d has its shard stand still for %d ns", l.Number, l.Stood)
	case !(0 <= l.Spent && l.Spent <= maxSpent):
		return fmt.Errorf("interval %d has %g ns of phases", l.Number, l.Spent)
	}
	g := &l.Gauge
	for _, n := range []int64{int64(g.Open), int64(g.Peak), int64(g.Refused), g.Due, g.Begun} {
		if n < 0 || n > histogram.MaxCount {
			return fmt.Errorf("interval %d has a gauge of %d, want 0 to %d", l.Number, n, int64(histogram.MaxCount))
		}
	}
	return checkCounts(&l.Counts, histogram.MaxInterval)
}

// check refuses times before the epoch, whose differences may overflow.
func (l *windowLine) check() error {
	if l.From < 0 || l.To < 0 {
		return fmt.Errorf("stage %s of flow %s lasts from %d to %d", l.Stage, l.Flow, l.From, l.To)
	}
	return nil
}

// check refuses figures of the generator that no process has.
func (c *Closing) check() error {
	for _, n := range []int64{int64(c.Shards), int64(c.AllowLost)} {
		if n < 0 || n > maxSpan {
			return fmt.Errorf("the generator has a figure of %d, want 0 to %d", n, int64(maxSpan))
		}
	}
	return c.Generator.Check()
}
