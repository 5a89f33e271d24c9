package criteria

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/spelling"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An UnknownError says that a criterion names what does not exist.
type UnknownError struct {
	What  string   // "metric", "phase or figure"
	Name  string   // as written, without a flow
	Known []string // all names there are
	Hint  string   // what to write instead, in short

	meant  string // one of Known; "" for the one that is spelt most alike
	sought string // what that one is spelt like; "" for Name
}

// Error says what is unknown, suggests the closest known name, and lists the names.
func (e *UnknownError) Error() string {
	suggested := spelling.SuggestPath(cmp.Or(e.sought, e.Name), e.Known)
	if e.meant != "" {
		suggested = fmt.Sprintf("did you mean %q? ", e.meant)
	}
	return fmt.Sprintf("no %s is named %.60q: %s%s", e.What, e.Name, suggested, e.Hint)
}

// Without returns the error for the name alone, if that begins with a flow.
func (e *UnknownError) Without(isFlow func(string) bool) *UnknownError {
	known := *e
	if flow, rest, ok := strings.Cut(e.Name, "."); ok && isFlow(flow) {
		known.Name = rest
	}
	return &known
}

func unknownCompared(name string) *UnknownError {
	e := &UnknownError{What: "metric", Name: name, Hint: "known are message.p50, .p90, .p99, .p99.9 and .mean (with message.response in place of message under open load), rate, errors, setup, generator.cpu, PHASE.p50 or .p99, server.cpu_per_message, .written_per_message and .max_rss, and server.QUERY.mean or .per_message"}
	for i := range all {
		e.Known = append(e.Known, all[i].Name)
	}
	for i := range serverFigures {
		if serverFigures[i].metric.isCompared() {
			e.Known = append(e.Known, serverFigures[i].name)
		}
	}
	sought := name
	if i := strings.LastIndexByte(name, '.'); i >= 0 && spelling.Suggest(name[i+1:], []string{"drift"}) != "" {
		sought = name[:i]
		e.Hint = "a drift is what thresholds are about, not gates; " + e.Hint
	}
	e.sought = sought
	for rest, more := sought, true; more && spelling.SuggestPath(e.sought, e.Known) == ""; _, rest, more = strings.Cut(rest, ".") { // it may begin with a flow
		if slices.Contains(e.Known, rest) || spelling.IsNearPath(rest, e.Known) {
			e.sought = rest
		}
	}
	return e
}

// unknownFigure is the error for a name whose first part is no phase and no figure.
func unknownFigure(name string) *UnknownError {
	var first []string
	for p := range sample.Phase(sample.NumPhases) {
		first = append(first, p.String())
	}
	for i := range figures {
		first = append(first, figures[i].name)
	}
	return &UnknownError{What: "phase or figure", Name: name, Known: thresholdNames(), Hint: "known are " + strings.Join(first, ", ")}
}

// unknownStat is the error for a name of a phase that has no such figure.
func unknownStat(name string) *UnknownError {
	e := &UnknownError{What: "figure", Name: name, Known: thresholdNames(), Hint: "known are quantiles such as p50, p99 and p99.9, mean and max"}
	of := name[:strings.LastIndexByte(name, '.')+1]
	if stat := otherStats[strings.ToLower(name[len(of):])]; stat != "" {
		e.meant = of + stat
	}
	return e
}

// otherStats are what figures are called elsewhere.
var otherStats = map[string]string{"median": "p50", "med": "p50", "avg": "mean", "average": "mean", "maximum": "max", "p100": "max"}

// Misspelt returns the error for the name in a threshold if it is nearly one of a metric;
// nil if it is not, so that it more likely begins with a flow.
func Misspelt(name string) *UnknownError {
	if e := unknownFigure(name); spelling.IsNearPath(name, e.Known) {
		return e
	}
	return nil
}

// thresholdNames are the names of metrics in thresholds, the most usual first.
func thresholdNames() []string {
	var names []string
	add := func(of string) {
		for _, stat := range []string{"p99", "p50", "p90", "p99.9", "mean", "max"} {
			names = append(names, of+"."+stat)
		}
	}
	spans := []sample.Phase{sample.SpanMessage, sample.SpanSession}
	for _, p := range spans {
		add(p.String())
	}
	for _, p := range spans {
		for part := range sample.Part(sample.NumParts) {
			add(p.String() + "." + part.String())
		}
	}
	for i := range figures {
		names = append(names, figures[i].name)
	}
	for p := range sample.Phase(sample.NumPhases) {
		if !p.IsSpan() {
			add(p.String())
		}
	}
	for _, d := range Drifts(sample.OpenLoad) {
		names = append(names, d.Name+driftSuffix)
	}
	return append(names, ServerFigures()...)
}
