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

// A Gate is a change of a metric that must not be: "message.p99 > +5%",
// "relay-25.rate < -3%", "setup > +2ms" or "errors > +0.1pp".
type Gate struct {
	Expr   string // as written
	Flow   string // "" for every flow
	Metric string // one of Compared
	Above  bool   // a change above Limit misses the gate; otherwise one below
	Share  bool   // Limit is a share of the base's value; otherwise in the metric's unit
	Limit  float64
}

// GatePattern is necessary for a gate, and not sufficient: ParseGate decides.
const GatePattern = `^\s*([A-Za-z0-9_.-]+)\s*([<>])\s*([+-]?)([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(%|pp|ns|us|µs|ms|s)\s*$`

var gateRegexp = regexp.MustCompile(GatePattern)

// GateExamples is a gate of each kind, for messages.
const GateExamples = "message.p99 > +5%, setup > +2ms or errors > +0.1pp"

// ParseGate reads a gate: [FLOW.]METRIC, > or <, and by how much: per cent, a time,
// or percentage points (pp) of errors. Whether there is such a flow, and whether
// it has such a metric, is for those to say who know the flows: see CheckLoad. The
// error is an *UnknownError if that is what is wrong.
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
		// The pattern lets units of time through only.
		length, err := time.ParseDuration("1" + suffix)
		if err != nil {
			return Gate{}, err
		}
		g.Limit *= float64(length)
	}
	if !allowed {
		return Gate{}, fmt.Errorf("%s changes by per cent%s", g.Metric, orBy[unit])
	}
	return g, nil
}

var orBy = map[Unit]string{Time: " or by a time such as +2ms", Share: " or by points such as +0.1pp"}

// name takes a flow off the metric, which ends in a name of Compared. Of two
// such names the longer one is meant: a flow may be called "generator".
func (g *Gate) name(text string) (Unit, error) {
	for rest, found := text, true; found; _, rest, found = strings.Cut(rest, ".") {
		i := slices.IndexFunc(all, func(m Compared) bool { return m.Name == rest })
		if i < 0 {
			continue
		}
		g.Metric, g.Flow = rest, strings.TrimSuffix(strings.TrimSuffix(text, rest), ".")
		if g.Flow == "" && rest != text { // ".rate"
			break
		}
		return all[i].Unit(), nil
	}
	return 0, unknownCompared(text)
}

// CheckLoad says why flows of a kind of load are not compared by the gate's
// metric; nil if they are. who names the flows: "flow relay-25".
func (g *Gate) CheckLoad(who string, load sample.LoadKind) error {
	if IsCompared(g.Metric, load) {
		return nil
	}
	message := judgedName(load)
	return fmt.Errorf("%s has %s load, of which %s is not compared: %s.p50, .p90, .p99 and .mean are", who, article[load], g.Metric, message)
}

var article = map[sample.LoadKind]string{sample.OpenLoad: "an open", sample.ClosedLoad: "a closed"}
