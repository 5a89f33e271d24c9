package results

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/stats"
)

// A Gate is a change that a comparison must not show: "message.p99 > +5%",
// "relay-25.rate < -3%", "setup > +2ms" or "errors > +0.1pp".
type Gate struct {
	Expr   string // as written
	Flow   string // "" for every flow
	Metric string
	above  bool
	limit  float64 // relative as a share; otherwise in the metric's unit
	share  bool    // limit is relative
	points bool    // limit is in percentage points
}

var gateRegexp = regexp.MustCompile(`^\s*([A-Za-z0-9_.-]+)\s*([<>])\s*([+-]?)([0-9]+(?:\.[0-9]+)?)\s*(%|pp|ns|us|µs|ms|s)\s*$`)

// ParseGate reads a gate: [FLOW.]METRIC, > or <, and by how much: per cent, a
// time, or percentage points (pp) for errors.
func ParseGate(text string) (Gate, error) {
	m := gateRegexp.FindStringSubmatch(text)
	if m == nil {
		return Gate{}, fmt.Errorf("gate %q: want a change such as message.p99 > +5%%, setup > +2ms or errors > +0.1pp", text)
	}
	g := Gate{Expr: strings.TrimSpace(text), above: m[2] == ">"}
	var err error
	if g.limit, err = strconv.ParseFloat(m[3]+m[4], 64); err != nil {
		return Gate{}, fmt.Errorf("gate %q: %w", text, err)
	}
	switch m[5] {
	case "%":
		g.share = true
		g.limit /= 100
	case "pp":
		g.points = true
		g.limit /= 100
	default:
		unit, err := time.ParseDuration("1" + m[5])
		if err != nil {
			return Gate{}, fmt.Errorf("gate %q: %w", text, err)
		}
		g.limit *= float64(unit)
	}
	err = g.name(m[1])
	return g, err
}

// name takes a flow off the metric, which ends in a name of ours.
func (g *Gate) name(text string) error {
	known := map[string]figureKind{}
	for _, open := range []bool{false, true} {
		for _, m := range comparedMetrics(open) {
			known[m.name] = m.kind
		}
	}
	for rest := text; ; {
		if kind, ok := known[rest]; ok {
			g.Metric, g.Flow = rest, strings.TrimSuffix(strings.TrimSuffix(text, rest), ".")
			if !g.share && g.points != (kind == kindShare) || !g.share && kind == kindRate {
				return fmt.Errorf("gate %q: %s changes by per cent%s", g.Expr, g.Metric,
					map[figureKind]string{kindTime: " or by a time such as +2ms", kindShare: " or by points such as +0.1pp"}[kind])
			}
			return nil
		}
		_, after, found := strings.Cut(rest, ".")
		if !found {
			return fmt.Errorf("gate %q: no metric is named %q: message.p50, message.p99, rate, errors, setup, generator.cpu and PHASE.p50 or .p99 are", g.Expr, text)
		}
		rest = after
	}
}

// A GateOutcome is a gate held against one row.
type GateOutcome struct {
	Expr   string `json:"expr"`
	Flow   string `json:"flow,omitempty"`
	OK     bool   `json:"ok"`
	Known  bool   `json:"known"` // false where it cannot be told, so that OK is false too
	Reason string `json:"reason,omitempty"`
}

// hold holds a gate against the rows it is about. A gate that finds none does
// not hold.
func (g *Gate) hold(c *Comparison) []GateOutcome {
	var list []GateOutcome
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Metric == g.Metric && (g.Flow == "" || g.Flow == r.Flow) {
			list = append(list, g.row(r, c.Alpha))
		}
	}
	if len(list) == 0 {
		list = []GateOutcome{{Expr: g.Expr, Reason: "no such metric was compared"}}
	}
	return list
}

// row holds a gate against one row. What is not significant is no change, and
// too few rounds are no answer.
func (g *Gate) row(r *Row, alpha float64) GateOutcome {
	out := GateOutcome{Expr: g.Expr, Flow: r.Flow}
	if r.Verdict == stats.TooFewRuns {
		out.Reason = fmt.Sprintf("too few rounds to tell, %d a side would do", r.RoundsNeeded)
		return out
	}
	out.Known = true
	delta := r.Delta
	if g.share {
		switch {
		case r.DeltaPercent != nil:
			delta = *r.DeltaPercent / 100
		case delta != 0: // from or to zero is more than any share
			delta = math.Inf(int(math.Copysign(1, delta)))
		}
	}
	beyond := delta > g.limit
	if !g.above {
		beyond = delta < g.limit
	}
	out.OK = r.P == nil || *r.P > alpha || !beyond
	if !out.OK {
		out.Reason = "the change is " + r.change()
	}
	return out
}
