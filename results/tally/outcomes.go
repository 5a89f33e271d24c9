package tally

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Outcomes count messages by what became of them. A file has them by name, so that
// it reads the same if the order of outcomes changes.
type Outcomes [sample.NumOutcomes]int64

// firstOutcomes are the outcomes in the order that the first versions wrote their
// counts in. It must never change.
var firstOutcomes = []string{"accepted", "rejected", "failed", "unknown"}

// OutcomeNamed finds an outcome by its name. The error says that there is none.
func OutcomeNamed(name string) (sample.Outcome, error) {
	for o := range sample.Outcome(sample.NumOutcomes) {
		if o.String() == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("no outcome is named %.40q", name)
}

// MarshalJSON writes the counts that are not 0, by name.
func (o Outcomes) MarshalJSON() ([]byte, error) {
	named := map[string]int64{}
	for i, n := range o {
		if n != 0 {
			named[sample.Outcome(i).String()] = n
		}
	}
	return json.Marshal(named)
}

// UnmarshalJSON reads counts by name, or in the order of the first versions.
func (o *Outcomes) UnmarshalJSON(b []byte) error {
	named := map[string]int64{}
	if bytes.HasPrefix(b, []byte("[")) {
		var counts []int64
		if err := json.Unmarshal(b, &counts); err != nil {
			return err
		}
		for i, n := range counts {
			if i >= len(firstOutcomes) {
				return fmt.Errorf("%d outcomes, want at most %d", len(counts), len(firstOutcomes))
			}
			named[firstOutcomes[i]] = n
		}
	} else if err := json.Unmarshal(b, &named); err != nil {
		return err
	}
	*o = Outcomes{}
	for name, n := range named {
		i, err := OutcomeNamed(name)
		if err != nil {
			return err
		}
		o[i] = n
	}
	return nil
}
