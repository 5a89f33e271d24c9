package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// An answerFigure is one of the few figures that answer what a run was made for.
type answerFigure struct {
	Name  string // "accepted", "response p99", "errors"
	Value string // "298 msg/s"
	Note  string // what the value is held against: "offered at 300 msg/s"; "" if nothing is
	Bad   bool
}

// String is the figure in a sentence: "accepted 298 msg/s (offered at 300 msg/s)". It says
// both units, since "298 of 300" would be a count of which two are missing.
func (a *answerFigure) String() string {
	if a.Note == "" {
		return a.Name + " " + a.Value
	}
	return a.Name + " " + a.Value + " (" + a.Note + ")"
}

// answerOf is what a flow comes to: the accepted rate, beside the offered one under open
// load, the median and the p99 of its messages' times, and the share of errors. What
// was not measured is left out.
func answerOf(f *figures.Flow) []answerFigure {
	var list []answerFigure
	if f.Window > 0 {
		a := answerFigure{Name: "accepted", Value: human.Rate(f.Rate) + " msg/s", Bad: f.Messages.Accepted+f.Messages.Expected == 0}
		if offered, unit := f.Offered(); offered > 0 {
			a.Note = "offered at " + human.Rate(offered) + " " + unit
		}
		list = append(list, a)
	}
	if d := f.Judged(); d != nil {
		part := f.Load.Judged().String()
		list = append(list, answerFigure{Name: part + " p50", Value: human.Duration(d.P50)}, answerFigure{Name: part + " p99", Value: human.Duration(d.P99)})
	}
	if share, ok := f.Messages.ErrorShare(); ok {
		list = append(list, answerFigure{Name: "errors", Value: human.Share(share), Bad: share > 0})
	}
	return list
}

// answer is what the run comes to, in one line. Of several flows it names the worst.
func (res *document) answer() string {
	var names []string
	for name := range res.FlowsInOrder() {
		names = append(names, name)
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		var parts []string
		for _, a := range answerOf(res.Flow(names[0])) {
			parts = append(parts, a.String())
		}
		return strings.Join(parts, ", ")
	}
	return res.worst(len(names))
}

// worst names the flow with the highest p99 and the one with most errors among several,
// and says between which rates the flows are.
func (res *document) worst(n int) string {
	var parts []string
	var low, high, errors float64
	var slowest time.Duration
	var slow, failing string
	part := sample.Service
	rated := false
	for name, f := range res.FlowsInOrder() {
		if f.Window > 0 {
			if !rated {
				low = f.Rate
			}
			low, high, rated = min(low, f.Rate), max(high, f.Rate), true
		}
		if d := f.Judged(); d != nil && d.P99 > slowest {
			slowest, slow, part = d.P99, name, f.Load.Judged()
		}
		if share, ok := f.Messages.ErrorShare(); ok && share > errors {
			errors, failing = share, name
		}
	}
	switch slowly, fast := human.Rate(low), human.Rate(high); {
	case !rated:
	case slowly == fast:
		parts = append(parts, "accepted "+fast+" msg/s a flow")
	default:
		parts = append(parts, "accepted "+slowly+" to "+fast+" msg/s a flow")
	}
	if slow != "" {
		parts = append(parts, fmt.Sprintf("%s p99 %s at most (%s)", part, human.Duration(slowest), slow))
	}
	if failing != "" {
		parts = append(parts, fmt.Sprintf("errors %s at most (%s)", human.Share(errors), failing))
	} else {
		parts = append(parts, "no errors")
	}
	return fmt.Sprintf("%d flows: %s", n, strings.Join(parts, ", "))
}
