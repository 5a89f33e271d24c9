package results

import (
	"fmt"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// The bounds of a run file: it may come from anywhere.
const (
	maxLine   = 16 << 20
	maxLines  = 4 << 20
	maxFlows  = 1000
	maxRounds = 100_000
	// Every flow and every threshold is worked out over all rounds. Each bound
	// by itself would let a header of a few lines ask for minutes of work.
	maxWork = 1_000_000
	// A comparison holds every gate against every row.
	maxGates     = 1000
	maxMinEffect = 1e6
	// A share of an interval, such as the time on a CPU, is about 1 at most. A
	// last interval of a few nanoseconds can have much more, by the grain of
	// what it is measured with; sums of that are still finite.
	maxShare = 1e12
)

// check refuses a header that no run has, or whose run would take too much
// work to show.
func (h *Header) check() error {
	switch work := int64(len(h.Flows)+len(h.Thresholds)) * int64(h.Rounds); {
	case len(h.Flows) == 0 || len(h.Flows) > maxFlows:
		return fmt.Errorf("%d flows, want 1 to %d", len(h.Flows), maxFlows)
	case h.Rounds < 1 || h.Rounds > maxRounds:
		return fmt.Errorf("%d rounds, want 1 to %d", h.Rounds, maxRounds)
	case work > maxWork:
		return fmt.Errorf("%d flows and %d thresholds in %d rounds, want at most %d of them together times the rounds",
			len(h.Flows), len(h.Thresholds), h.Rounds, maxWork)
	case len(h.Gates) > maxGates:
		return fmt.Errorf("%d gates, want at most %d", len(h.Gates), maxGates)
	case h.MinEffect < 0 || h.MinEffect > maxMinEffect:
		return fmt.Errorf("a smallest effect of %g, want 0 to %g", h.MinEffect, float64(maxMinEffect))
	}
	for i := range h.Thresholds {
		if t := &h.Thresholds[i]; !knownMetric(&t.Metric) || !slices.Contains([]string{"<", "<=", ">", ">="}, t.Op) {
			return fmt.Errorf("threshold %q is of no known metric or comparison", t.Expr)
		}
	}
	return nil
}

// knownMetric tells whether every part of a metric is one there is.
func knownMetric(m *loadgen.Metric) bool {
	return m.Kind <= loadgen.Count && int(m.Phase) < smtpwire.NumPhases && m.Part <= loadgen.Lag &&
		int(m.Outcome) < smtpwire.NumOutcomes && m.Q >= 0 && m.Q <= 1
}

// check refuses an interval that would spoil what it is added to.
func (l *intervalLine) check() error {
	switch {
	case l.Stage == stageNames[loadgen.Drain] || l.From < 0 || l.To < l.From || l.Number < 0:
		return fmt.Errorf("interval %d of stage %s from %d to %d", l.Number, l.Stage, l.From, l.To)
	case l.Busy < 0 || l.Busy > maxShare || l.Waited < 0 || l.Waited > maxShare:
		return fmt.Errorf("interval %d has its shard busy for %g and waiting for %g of the time", l.Number, l.Busy, l.Waited)
	}
	return l.counts.check()
}
