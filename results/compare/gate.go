package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A GateResult is what became of a gate for one row.
type GateResult struct {
	Expr   string `json:"expr"`
	Flow   string `json:"flow,omitempty"`
	OK     bool   `json:"ok"`
	Known  bool   `json:"known"` // false if it cannot be decided; then OK is false too
	Reason string `json:"reason,omitempty"`

	metric string
}

// Name is the gate as written, after the flow if the gate is about all flows.
func (g *GateResult) Name() string {
	if strings.HasPrefix(g.Expr, g.Flow+".") {
		return g.Expr
	}
	return strings.TrimSpace(g.Flow + " " + g.Expr)
}

// isAbout tells whether a gate is about a metric of a flow.
func isAbout(g *criteria.Gate, flow, metric string) bool {
	return g.Metric == metric && (g.Flow == "" || g.Flow == flow)
}

// gateResults decides a gate for each row that it is about. For those that lack
// samples, and if it is about no row, it is undecided.
func (c *builder) gateResults(g *criteria.Gate) []GateResult {
	var list []GateResult
	for i := range c.comparison.Rows {
		if r := &c.comparison.Rows[i]; isAbout(g, r.Flow, r.Metric) {
			list = append(list, c.comparison.gateResult(g, r))
		}
	}
	for i := range c.comparison.untimed {
		if u := &c.comparison.untimed[i]; isAbout(g, u.flow, u.metric) {
			list = append(list, GateResult{Expr: g.Expr, Flow: u.flow, Reason: u.reason})
		}
	}
	for i := range c.shortages {
		if s := &c.shortages[i]; isAbout(g, s.flow, s.metric) {
			list = append(list, GateResult{Expr: g.Expr, Flow: s.flow, Reason: s.text()})
		}
	}
	if len(list) > 0 {
		return list
	}
	reason := g.Metric + " was not measured on both sides"
	if g.Flow != "" && !slices.ContainsFunc(c.measured, func(m flowMetric) bool { return m.flow == g.Flow }) {
		reason = "no flow " + g.Flow + " was measured on both sides"
	}
	return []GateResult{{Expr: g.Expr, Reason: reason}}
}

// gateResult decides a gate for one row. A change that is not significant is none,
// and too few rounds decide nothing.
func (c *Comparison) gateResult(g *criteria.Gate, r *Row) GateResult {
	out := GateResult{Expr: g.Expr, Flow: r.Flow, metric: r.Metric}
	if r.Verdict == stats.TooFewRuns {
		out.Reason = "too few rounds to tell: " + c.roundsMissing(min(r.BaseRounds, r.NewRounds), r.RoundsNeeded)
		return out
	}
	out.Known = true
	delta := r.Delta
	if g.Share {
		switch {
		case r.DeltaPercent != nil:
			delta = *r.DeltaPercent / 100
		case delta != 0: // from or to zero is more than any share
			delta = math.Inf(int(math.Copysign(1, delta)))
		}
	}
	beyond := delta > g.Limit
	if !g.Above {
		beyond = delta < g.Limit
	}
	out.OK = r.P == nil || *r.P > c.Alpha || !beyond
	switch {
	case !out.OK:
		out.Reason = "the change is " + r.Change()
	case g.Share && r.ResolvablePercent != nil && *r.ResolvablePercent > 100*math.Abs(g.Limit):
		out.Reason = "no such change shown; these rounds could have seen " + human.Percent(*r.ResolvablePercent)
	}
	return out
}

// DeclaredGates are the gates that the scenarios of runs declare, each once. The
// error says which of them this version cannot read.
func DeclaredGates(runs []*record.Run) ([]criteria.Gate, error) {
	var list []criteria.Gate
	known := map[string]bool{}
	for _, r := range runs {
		for _, text := range r.Header.Gates {
			if known[text] {
				continue
			}
			g, err := criteria.ParseGate(text)
			if err != nil {
				return nil, fmt.Errorf("gate %.200q of the run file: %w", text, err)
			}
			list, known[text] = append(list, g), true
		}
	}
	return list, nil
}

// DeclaredMinEffect is the smallest effect of interest that the scenarios of runs
// declare, as a share; if they differ, the least.
func DeclaredMinEffect(runs []*record.Run) float64 {
	least := math.Inf(1)
	for _, r := range runs {
		least = min(least, r.Header.MinEffect)
	}
	return least
}
