package criteria

import (
	"fmt"
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
}

// Error says what is unknown, suggests the closest known name, and lists the names.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("no %s is named %.60q: %s%s", e.What, e.Name, spelling.Suggest(e.Name, e.Known), e.Hint)
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
	e := &UnknownError{What: "metric", Name: name, Hint: "message.p50, .p90, .p99, .p99.9 and .mean (with message.response in place of message under open load), rate, errors, setup, generator.cpu, PHASE.p50 or .p99, server.cpu_per_message, .written_per_message and .max_rss, and server.QUERY.mean or .per_message are"}
	for i := range all {
		e.Known = append(e.Known, all[i].Name)
	}
	return e
}

func unknownFigure(name string) *UnknownError {
	var known []string
	for p := range sample.Phase(sample.NumPhases) {
		known = append(known, p.String())
	}
	for i := range figures {
		known = append(known, figures[i].name)
	}
	return &UnknownError{What: "phase or figure", Name: name, Known: known, Hint: "known are " + strings.Join(known, ", ")}
}
