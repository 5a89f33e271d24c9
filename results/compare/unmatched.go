package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/spelling"
)

// An UnmatchedError says that no metric that both sides measured is named as a
// pattern of Options.Metrics.
type UnmatchedError struct {
	Pattern  string
	Measured []string // the metrics that there are, without their flows
	Flows    []string
}

func newUnmatchedError(pattern string, measured []flowMetric) *UnmatchedError {
	e := &UnmatchedError{Pattern: pattern}
	for _, m := range measured {
		if !slices.Contains(e.Measured, m.metric) {
			e.Measured = append(e.Measured, m.metric)
		}
		if !slices.Contains(e.Flows, m.flow) {
			e.Flows = append(e.Flows, m.flow)
		}
	}
	return e
}

func (e *UnmatchedError) Error() string {
	if len(e.Measured) == 0 {
		return fmt.Sprintf("nothing to compare: no metric is named %.200q, and the sides have none in common", e.Pattern)
	}
	return fmt.Sprintf("nothing to compare: no metric that both sides measured is named %.200q: %sthere are %s, of %s",
		e.Pattern, spelling.SuggestPath(e.Pattern, e.Measured), strings.Join(e.Measured, ", "), strings.Join(e.Flows, ", "))
}
