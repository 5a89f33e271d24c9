package criteria

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Gate is a change of a metric that a comparison must not show: "message.p99 > +5%",
// "relay-25.rate < -3%", "setup > +2ms" or "errors > +0.1pp".
type Gate struct {
	Expr   string // as written
	Flow   string // "" for every flow
	Metric string // one of Compared
	Above  bool   // a change above Limit misses the gate; otherwise one below
	Share  bool   // Limit is a share of the base's value; otherwise it is in the metric's Unit
	Limit  float64
}

// GatePattern matches every gate, and some texts that are none: ParseGate decides.
const GatePattern = `^\s*([A-Za-z0-9_.+-]+)\s*([<>])\s*([+-]?)([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(%|pp|ns|us|µs|ms|s)\s*$`

var gateRegexp = regexp.MustCompile(GatePattern)

// GateExamples is a gate of each kind, for messages.
const GateExamples = "message.p99 > +5%, setup > +2ms or errors > +0.1pp"

// ParseGate reads a gate: [FLOW.]METRIC, > or <, and the limit: per cent, a time, or
// percentage points (pp) of errors. It does not know whether the flow exists and has
// the metric: see CheckLoad. The error is an *UnknownError if there is no such metric
// at all.
func ParseGate(text string) (Gate, error) {
	m := gateRegexp.FindStringSubmatch(text)
	if m == nil {
		return Gate{}, errors.New("want a change such as " + GateExamples)
	}
	g := Gate{Expr: strings.TrimSpace(text), Above: m[2] == ">"}
	unit, err := g.name(m[1])
	if err != nil {
		return Gate{}, err
	}
	if g.Limit, err = strconv.ParseFloat(m[3]+m[4], 64); err != nil {
		return Gate{}, err
	}
	allowed := unit == Time
	switch suffix := m[5]; suffix {
	case "%":
		g.Share, allowed = true, true
		g.Limit /= 100
	case "pp":
		allowed = unit == Share
		g.Limit /= 100
	default:
		// The pattern leaves only units of time.
		length, err := time.ParseDuration("1" + suffix)
		if err != nil {
			return Gate{}, err
		}
		g.Limit *= float64(length)
	}
	if !allowed {
		return Gate{}, fmt.Errorf("want the change of %s in per cent%s", g.Metric, otherUnit[unit])
	}
	return g, nil
}

// otherUnit is the unit of a change that is not per cent, for messages.
var otherUnit = map[Unit]string{Time: ", or as a time such as +2ms", Share: ", or in percentage points such as +0.1pp"}

// name splits a text into flow and metric. The metric is the longest name of Compared
// that the text ends in: setup is one of them, and a flow may be called "generator".
func (g *Gate) name(text string) (Unit, error) {
	if before, written := strings.CutSuffix(text, ".p999"); written {
		text = before + ".p99.9" // as in thresholds
	}
	for rest, found := text, true; found; _, rest, found = strings.Cut(rest, ".") {
		m, ok := comparedMetric(rest)
		if !ok {
			continue
		}
		g.Metric, g.Flow = rest, strings.TrimSuffix(strings.TrimSuffix(text, rest), ".")
		if g.Flow == "" && rest != text { // ".rate"
			break
		}
		return m.Unit(), nil
	}
	return 0, unknownCompared(text)
}

// comparedMetric finds a metric that flows, or a query, are compared by.
func comparedMetric(name string) (Metric, bool) {
	if i := slices.IndexFunc(all, func(m Compared) bool { return m.Name == name }); i >= 0 {
		return all[i].Metric, true
	}
	m, ok := parseServerMetric(name)
	return m, ok && m.Kind == ServerQuery
}

// OfServer is the metric of the server's own side that the gate is about; false if it is
// about none.
func (g *Gate) OfServer() (Metric, bool) { return parseServerMetric(g.Metric) }

// CheckLoad returns an error if flows under a kind of load are not compared by the
// gate's metric. which names the flows in it: "flow relay-25".
func (g *Gate) CheckLoad(which string, load sample.LoadKind) error {
	if IsCompared(g.Metric, load) {
		return nil
	}
	message := judgedName(load)
	return fmt.Errorf("%s has %s load, for which %s is not compared: use %s.p50, .p90, .p99, .p99.9 or .mean", which, article[load], g.Metric, message)
}

var article = map[sample.LoadKind]string{sample.OpenLoad: "an open", sample.ClosedLoad: "a closed"}
