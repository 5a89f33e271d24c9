package compare

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A builder makes a comparison: rows without verdicts, with the values that judge
// makes verdicts of.
type builder struct {
	o          Options
	comparison *Comparison
	pairs      []stats.Pair
	shared     bool // a run is on both sides
}

func (c *builder) warn(texts ...string) {
	c.comparison.Warnings = append(c.comparison.Warnings, texts...)
}

// addSurroundings adds what the sides were made in, and warns of what differs.
func (c *builder) addSurroundings(list ...Surrounding) {
	c.comparison.Surroundings = append(c.comparison.Surroundings, list...)
	c.warn(warnings(list)...)
}

// add adds the rows of another builder.
func (c *builder) add(from *builder) {
	c.comparison.Rows, c.pairs = append(c.comparison.Rows, from.comparison.Rows...), append(c.pairs, from.pairs...)
	c.comparison.untimed = append(c.comparison.untimed, from.comparison.untimed...)
	c.warn(from.comparison.Warnings...)
}

// check refuses sides and options that no comparison can be made of.
func (c *builder) check(base, other []*record.Run) error {
	switch {
	case len(base) == 0 || len(other) == 0:
		return errors.New("nothing to compare: each side needs a run")
	case !(c.o.Alpha >= 0 && c.o.Alpha < 1): // so that it is a number, too
		return fmt.Errorf("alpha is %v, want more than 0 and less than 1", c.o.Alpha)
	case !(c.o.MinEffect >= 0 && c.o.MinEffect <= record.MaxMinEffect):
		return fmt.Errorf("the smallest effect is %v, want 0 to %g", c.o.MinEffect, float64(record.MaxMinEffect))
	}
	for _, side := range [][]*record.Run{base, other} {
		if err := record.CheckDistinct(side); err != nil {
			return err
		}
	}
	for _, pattern := range c.o.Metrics {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("metric %q: want a name, or a pattern such as message.*", pattern)
		}
	}
	return nil
}

// warnOfOneSided warns of flows that only one side has.
func (c *builder) warnOfOneSided(side string, names, others []string) {
	for _, name := range names {
		if !slices.Contains(others, name) {
			c.warn(fmt.Sprintf("flow %s is on the %s side only", name, side))
		}
	}
}

// addFlow adds the rows of a flow.
func (c *builder) addFlow(name string, base, other flowSide) {
	baseRounds, open := base.rounds()
	newRounds, newOpen := other.rounds()
	if len(baseRounds) == 0 || len(newRounds) == 0 {
		c.warn(fmt.Sprintf("flow %s has no message on one side, so there is nothing to compare", name))
		return
	}
	if open != newOpen {
		c.warn(fmt.Sprintf("flow %s has open load on one side and closed load on the other: only service times compare", name))
	}
	var sole, newSole *soleRound
	if len(baseRounds) == 1 && len(newRounds) == 1 {
		sole, newSole = base.soleRound(), other.soleRound()
	}
	var lopsided, parts []string
	load := sample.ClosedLoad
	if open && newOpen {
		load = sample.OpenLoad
	}
	for _, m := range comparedMetrics(load) {
		pair := stats.Pair{Base: values(baseRounds, m), New: values(newRounds, m), HigherIsBetter: m.higher}
		if len(pair.Base)+len(pair.New) == 0 || !matches(c.o.Metrics, name, m.name) {
			continue
		}
		if why := m.untimed(baseRounds, newRounds); why != "" {
			c.comparison.untimed = append(c.comparison.untimed, untimed{name, m.name, why})
			if len(pair.Base) > 0 && len(pair.New) > 0 {
				parts = append(parts, m.name)
			}
			continue
		}
		if len(pair.Base) == 0 || len(pair.New) == 0 {
			continue
		}
		if m.lopsided(baseRounds, newRounds) {
			lopsided = append(lopsided, m.name)
			continue
		}
		row := newRow(name, m, &pair)
		if sole != nil && newSole != nil && m.track != nil {
			row.setWithinRun(m, sole, newSole, c.level())
		}
		c.comparison.Rows, c.pairs = append(c.comparison.Rows, row), append(c.pairs, pair)
	}
	if len(parts) > 0 {
		c.warn(fmt.Sprintf("flow %s: not compared: %s: not every message was pipelined, so they have not all of them", name, strings.Join(parts, ", ")))
	}
	if len(lopsided) > 0 {
		c.warn(fmt.Sprintf("flow %s: not compared: %s: the sides have different numbers of samples, and too few a round for such a percentile",
			name, strings.Join(lopsided, ", ")))
	}
}

// level is alpha, with its default.
func (c *builder) level() float64 {
	if c.o.Alpha == 0 {
		return stats.DefaultAlpha
	}
	return c.o.Alpha
}

// values are what a metric is in each round that has it.
func values(rounds []roundData, m comparedMetric) []float64 {
	var list []float64
	for i := range rounds {
		if v, ok := m.of(&rounds[i]); ok {
			list = append(list, v)
		}
	}
	return list
}

// judge gives the rows their verdicts, all together, and decides the gates.
func (c *builder) judge() (*Comparison, error) {
	out := c.comparison
	if len(out.Rows) == 0 {
		if patterns := c.o.Metrics; len(patterns) > 0 {
			return nil, fmt.Errorf("nothing to compare: no metric that both sides measured is named %s", strings.Join(patterns, " or "))
		}
		return nil, errors.New("nothing to compare: the sides have no measured metric of the same flow in common")
	}
	family := stats.Judge(c.pairs, stats.Options{Alpha: c.o.Alpha, MinEffect: c.o.MinEffect})
	out.Alpha, out.Tested, out.RoundsNeeded = family.Alpha, family.Tested, family.RoundsNeeded
	for i := range out.Rows {
		out.Rows[i].setJudgement(&family.Judgements[i], family, c.o.MinEffect)
	}
	for i := range c.o.Gates {
		if c.shared {
			out.Gates = append(out.Gates, GateResult{Expr: c.o.Gates[i].Expr, Reason: "the same run is on both sides"})
			continue
		}
		out.Gates = append(out.Gates, out.gateResults(&c.o.Gates[i])...)
	}
	return out, nil
}
