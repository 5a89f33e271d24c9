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
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A builder makes a comparison: rows without verdicts, with the values that judge
// makes verdicts of.
type builder struct {
	o          Options
	comparison *Comparison
	pairs      []stats.Pair
	shared     bool // a run is on both sides
	// significant makes every significant difference one that counts, however small.
	significant bool
	shortages   []shortage
	measured    []flowMetric // what both sides have
	doubts      []string     // about the runs themselves
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
	c.shortages, c.measured = append(c.shortages, from.shortages...), append(c.measured, from.measured...)
	c.warn(from.comparison.Warnings...)
}

// check refuses sides and options that no comparison can be made of.
func (c *builder) check(base, other []*record.Run) error {
	switch {
	case len(base) == 0 || len(other) == 0:
		return errors.New("nothing to compare: each side needs a run")
	case !(c.o.Alpha >= 0 && c.o.Alpha < 1): // so that NaN is refused, too
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
	load := sample.ClosedLoad
	if open && newOpen {
		load = sample.OpenLoad
	}
	metrics := append(comparedMetrics(load), queryMetrics(baseRounds, newRounds)...)
	c.addRows(name, metrics, baseRounds, newRounds, sole, newSole)
}

// addRows adds the rows of a flow for metrics that both sides have, as far as they are
// wanted. sole and newSole are nil unless each side has one round.
func (c *builder) addRows(name string, metrics []comparedMetric, baseRounds, newRounds []roundData, sole, newSole *soleRound) {
	var parts []string
	var short []shortage
	for _, m := range metrics {
		pair := m.pair(baseRounds, newRounds)
		why, both := m.untimed(baseRounds, newRounds), len(pair.Base) > 0 && len(pair.New) > 0
		if len(pair.Base)+len(pair.New) == 0 {
			if why != "" && slices.ContainsFunc(c.o.Gates, func(g criteria.Gate) bool { return isAbout(&g, name, m.name) }) {
				c.comparison.untimed = append(c.comparison.untimed, untimed{name, m.name, why})
			}
			continue
		}
		if why == "" && !both {
			continue
		}
		c.measured = append(c.measured, flowMetric{name, m.name})
		if !c.isWanted(name, &m) || m.perRun && len(pair.Base)+len(pair.New) < 3 && !c.isAskedFor(name, &m) {
			continue
		}
		if why != "" {
			c.comparison.untimed = append(c.comparison.untimed, untimed{name, m.name, why})
			if both {
				parts = append(parts, m.name)
			}
			continue
		}
		if s, found := m.shortage(name, baseRounds, newRounds); found {
			if !m.rare || c.isNamed(name, &m) {
				short = append(short, s)
			}
			continue
		}
		row := newRow(name, m, &pair)
		if sole != nil && newSole != nil && m.track != nil {
			row.setWithinRun(m, sole, newSole, c.o.level())
		}
		c.comparison.Rows, c.pairs = append(c.comparison.Rows, row), append(c.pairs, pair)
	}
	if len(parts) > 0 {
		c.warn(fmt.Sprintf("flow %s: not compared: %s: not every message was pipelined, so they have not all of them", name, strings.Join(parts, ", ")))
	}
	if len(short) > 0 {
		c.warn(shortageWarning(short))
	}
	c.shortages = append(c.shortages, short...)
}

// isWanted tells whether a metric of a flow is to be compared.
func (c *builder) isWanted(flow string, m *comparedMetric) bool {
	return c.isAskedFor(flow, m) || len(c.o.Metrics) == 0 && (m.headline || c.o.All)
}

// isAskedFor tells whether a pattern matches a metric of a flow, or a gate names it.
func (c *builder) isAskedFor(flow string, m *comparedMetric) bool {
	return matches(c.o.Metrics, flow, m.name) || c.isNamed(flow, m)
}

// isNamed tells whether a metric of a flow is asked for by its very name.
func (c *builder) isNamed(flow string, m *comparedMetric) bool {
	return slices.Contains(c.o.Metrics, m.name) || slices.Contains(c.o.Metrics, flow+"."+m.name) ||
		slices.ContainsFunc(c.o.Gates, func(g criteria.Gate) bool { return isAbout(&g, flow, m.name) })
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
	if err := c.checkRows(); err != nil {
		return nil, err
	}
	family := stats.Judge(c.pairs, stats.Options{Alpha: c.o.Alpha, MinEffect: c.o.interest(), Significant: c.significant})
	out.Alpha, out.Tested, out.RoundsNeeded = family.Alpha, family.Tested, family.RoundsNeeded
	for i := range out.Rows {
		out.Rows[i].setJudgement(&family.Judgements[i], &c.pairs[i], family, c.o.interest())
	}
	for i := range c.o.Gates {
		if c.shared {
			out.Gates = append(out.Gates, GateResult{Expr: c.o.Gates[i].Expr, Reason: "the same run is on both sides"})
			continue
		}
		out.Gates = append(out.Gates, c.gateResults(&c.o.Gates[i])...)
	}
	out.Verdict = out.conclude()
	return out, nil
}

// checkRows refuses patterns that name nothing, and a comparison of nothing.
func (c *builder) checkRows() error {
	for _, pattern := range c.o.Metrics {
		if !slices.ContainsFunc(c.measured, func(m flowMetric) bool { return matches([]string{pattern}, m.flow, m.metric) }) {
			return newUnmatchedError(pattern, c.measured)
		}
	}
	switch {
	case len(c.comparison.Rows) > 0:
		return nil
	case len(c.shortages) > 0:
		return errors.New("nothing to compare: " + shortageWarning(c.shortages))
	}
	if len(c.doubts) > 0 {
		return errors.New("nothing to compare: " + strings.Join(c.doubts, "; "))
	}
	return errors.New("nothing to compare: the sides have no measured metric of the same flow in common")
}
