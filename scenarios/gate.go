package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/gate"
)

var gateText = text("a change such as "+gate.Example, gate.Pattern)

// minEffect is the shape of a smallest effect of interest.
var minEffect = literal[float64]{
	want: "a percentage such as 3%",
	tags: []tag{isText, isInteger, isFloat},
	parse: func(text string) (float64, error) {
		if numberRegexp.MatchString(text) {
			return 0, errors.New("the % is missing")
		}
		v, err := gate.ParseShare(text)
		if err != nil {
			return 0, errShape
		}
		return v, nil
	},
	schema: jsonSchema{Type: "string", Pattern: gate.SharePattern},
}

// resolveGates reads the gates, and reports those that no comparison of such
// runs could hold: for want of the flow, or of the metric.
func (doc *document) resolveGates(d *decoder, names []string) []gate.Gate {
	var all []gate.Gate
	for i, text := range doc.gates {
		if text == "" {
			continue // a fault already
		}
		g, err := gate.Parse(text)
		if err == nil {
			err = doc.checkGate(&g, names)
		}
		if unknown := gate.UnknownMetric(""); errors.As(err, &unknown) {
			err = unknownMetric(string(unknown), names)
		}
		if err != nil {
			d.faultf(doc.node.get("gates").items[i].at, "%v", err)
			continue
		}
		all = append(all, g)
	}
	return all
}

// checkGate tells whether there are flows that a gate is about.
func (doc *document) checkGate(g *gate.Gate, names []string) error {
	if g.Flow != "" && !slices.Contains(names, g.Flow) {
		return fmt.Errorf("no flow is named %s: %sknown are %s", quote(g.Flow), suggest(g.Flow, names), list(names))
	}
	var open bool
	for i := range doc.flows {
		if f := &doc.flows[i]; g.Flow == "" || g.Flow == f.name {
			if open = f.value.load.open(); gate.Known(g.Metric, open) {
				return nil
			}
		}
	}
	who, load, wait := "every flow", "a closed", "message"
	if g.Flow != "" {
		who = "flow " + g.Flow
	}
	if open {
		load, wait = "an open", "message.response"
	}
	return fmt.Errorf("%s has %s load, of which %s is not compared: %s.p50, .p90, .p99 and .mean are", who, load, g.Metric, wait)
}

// unknownMetric says of a name that is none which one may be meant.
func unknownMetric(name string, flows []string) error {
	if flow, rest, ok := strings.Cut(name, "."); ok && slices.Contains(flows, flow) {
		name = rest
	}
	var known []string
	for _, open := range []bool{false, true} {
		for _, m := range gate.Metrics(open) {
			known = append(known, m.Name)
		}
	}
	said, list, _ := strings.Cut(gate.UnknownMetric(name).Error(), ": ")
	return fmt.Errorf("%s: %s%s", said, suggest(name, known), list)
}
