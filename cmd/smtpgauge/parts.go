package main

import (
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/record"
)

// mostParts is how many files of parts are named.
const mostParts = 5

// withoutParts leaves out of runs the files of a fleet's agents whose whole run is among them:
// it has what they have. note says which those are; "" if there are none.
func withoutParts(runs []*record.Run) (wholes []*record.Run, note string) {
	named := map[string]string{}
	for _, r := range runs {
		if r.Header.Agent == nil {
			named[r.Header.ID] = r.Source
		}
	}
	var parts []string
	whole, several := "", false
	for _, r := range runs {
		a := r.Header.Agent
		if a == nil || named[a.Fleet] == "" {
			wholes = append(wholes, r)
			continue
		}
		parts = append(parts, fmt.Sprintf("%s (agent %s)", r.Source, a.Name))
		several = several || whole != "" && whole != named[a.Fleet]
		whole = named[a.Fleet]
	}
	if len(parts) == 0 {
		return wholes, ""
	}
	if several {
		whole = "runs that are shown"
	}
	more := ""
	if n := len(parts) - mostParts; n > 0 {
		parts, more = parts[:mostParts], fmt.Sprintf(" and %d more", n)
	}
	return wholes, fmt.Sprintf("not shown, as parts of %s: %s%s; given alone, a part is shown by itself", whole, strings.Join(parts, ", "), more)
}
