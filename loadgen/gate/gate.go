// Package gate reads gates: the changes that a comparison of two sides must not
// show, such as "message.p99 > +5%". Scenarios declare them, the command line
// takes them, and results holds them against what it compared; this is the one
// place that knows how they are written.
package gate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Gate is a change of a metric that must not be: "message.p99 > +5%",
// "relay-25.rate < -3%", "setup > +2ms" or "errors > +0.1pp".
type Gate struct {
	Expr   string // as written
	Flow   string // "" for every flow
	Metric string // one of Metrics
	Above  bool   // a change above Limit misses the gate; otherwise one below
	Share  bool   // Limit is a share of the base's value; otherwise in the metric's unit
	Limit  float64
}

// Pattern is what every gate looks like, as far as that says it.
const Pattern = `^\s*([A-Za-z0-9_.-]+)\s*([<>])\s*([+-]?)([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(%|pp|ns|us|µs|ms|s)\s*$`

var pattern = regexp.MustCompile(Pattern)

// Example is a gate of each kind, for messages.
const Example = "message.p99 > +5%, setup > +2ms or errors > +0.1pp"

// Parse reads a gate: [FLOW.]METRIC, > or <, and by how much: per cent, a time,
// or percentage points (pp) of errors. Whether there is such a flow, and whether
// it has such a metric, is for those to say who know the flows. An error is an
// UnknownMetric where that is what is wrong.
func Parse(text string) (Gate, error) {
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		return Gate{}, errors.New("want a change such as " + Example)
	}
	g := Gate{Expr: strings.TrimSpace(text), Above: m[2] == ">"}
	kind, err := g.name(m[1])
	if err != nil {
		return Gate{}, err
	}
	if g.Limit, err = strconv.ParseFloat(m[3]+m[4], 64); err != nil {
		return Gate{}, err
	}
	allowed := kind == Time
	switch unit := m[5]; unit {
	case "%":
		g.Share, allowed = true, true
		g.Limit /= 100
	case "pp":
		allowed = kind == Share
		g.Limit /= 100
	default:
		// The pattern lets units of time through only.
		length, err := time.ParseDuration("1" + unit)
		if err != nil {
			return Gate{}, err
		}
		g.Limit *= float64(length)
	}
	if !allowed {
		return Gate{}, fmt.Errorf("%s changes by per cent%s", g.Metric, orBy[kind])
	}
	return g, nil
}

var orBy = map[Kind]string{Time: " or by a time such as +2ms", Share: " or by points such as +0.1pp"}

// name takes a flow off the metric, which ends in a name of Metrics. Of two
// such names the longer one is meant: a flow may be called "generator".
func (g *Gate) name(text string) (Kind, error) {
	for rest, found := text, true; found; _, rest, found = strings.Cut(rest, ".") {
		i := slices.IndexFunc(all, func(m Metric) bool { return m.Name == rest })
		if i < 0 {
			continue
		}
		g.Metric, g.Flow = rest, strings.TrimSuffix(strings.TrimSuffix(text, rest), ".")
		if g.Flow == "" && rest != text { // ".rate"
			break
		}
		return all[i].Kind, nil
	}
	return 0, UnknownMetric(text)
}

// An UnknownMetric is what a gate names in place of a metric.
type UnknownMetric string

// Error says which metrics there are.
func (u UnknownMetric) Error() string {
	return fmt.Sprintf("no metric is named %q: message.p50, .p90, .p99 and .mean (with message.response in place of message under open load), rate, errors, setup, generator.cpu and PHASE.p50 or .p99 are", string(u))
}

// ParseShare reads a percentage such as "3%" as a share.
func ParseShare(text string) (float64, error) {
	m := share.FindStringSubmatch(text)
	if m == nil {
		return 0, errors.New("want a percentage such as 3%")
	}
	v, err := strconv.ParseFloat(m[1], 64)
	return v / 100, err
}

// SharePattern is what a percentage looks like.
const SharePattern = `^\s*([0-9]{1,5}(?:\.[0-9]{1,15})?)\s*%\s*$`

var share = regexp.MustCompile(SharePattern)
