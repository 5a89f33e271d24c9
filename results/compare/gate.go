package compare

import (
	"fmt"
	"math"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/compare/stats"
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
}

// Name is the gate as written, after the flow if the gate is about all flows.
func (g *GateResult) Name() string {
	if strings.HasPrefix(g.Expr, g.Flow+".") {
		return g.Expr
	}
	return strings.TrimSpace(g.Flow + " " + g.Expr)
}

// gateResults decides a gate for each row that it is about. A gate that is about no
// row is not met.
func (c *Comparison) gateResults(g *criteria.Gate) []GateResult {
	var list []GateResult
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Metric == g.Metric && (g.Flow == "" || g.Flow == r.Flow) {
			list = append(list, r.gateResult(g, c.Alpha))
		}
	}
	for i := range c.untimed {
		if u := &c.untimed[i]; u.metric == g.Metric && (g.Flow == "" || g.Flow == u.flow) {
			list = append(list, GateResult{Expr: g.Expr, Flow: u.flow, Reason: u.reason})
		}
	}
	if len(list) == 0 {
		list = []GateResult{{Expr: g.Expr, Reason: "no such metric was compared"}}
	}
	return list
}

// gateResult decides a gate for one row. A change that is not significant is none,
// and too few rounds decide nothing.
func (r *Row) gateResult(g *criteria.Gate, alpha float64) GateResult {
	out := GateResult{Expr: g.Expr, Flow: r.Flow}
	if r.Verdict == stats.TooFewRuns {
		out.Reason = fmt.Sprintf("too few rounds to tell, %d a side would do", r.RoundsNeeded)
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
	out.OK = r.P == nil || *r.P > alpha || !beyond
	if !out.OK {
		out.Reason = "the change is " + r.Change()
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
