package tally

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Outcomes count messages by what became of them. They stand in a file by name,
// so that what it says stays the same when other outcomes are put before one.
type Outcomes [sample.NumOutcomes]int64

// firstOutcomes are the outcomes in the order that files of the first days have
// their counts in. It is never to be changed.
var firstOutcomes = []string{"accepted", "rejected", "failed", "unknown"}

// OutcomeNamed finds an outcome by its name.
func OutcomeNamed(name string) (sample.Outcome, error) {
	for o := range sample.Outcome(sample.NumOutcomes) {
		if o.String() == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("no outcome is named %.40q", name)
}

// MarshalJSON writes those that there are, by name.
func (o Outcomes) MarshalJSON() ([]byte, error) {
	named := map[string]int64{}
	for i, n := range o {
		if n != 0 {
			named[sample.Outcome(i).String()] = n
		}
	}
	return json.Marshal(named)
}

// UnmarshalJSON reads counts by name, or in the order they once had.
func (o *Outcomes) UnmarshalJSON(b []byte) error {
	named := map[string]int64{}
	if bytes.HasPrefix(b, []byte("[")) {
		var counts []int64
		if err := json.Unmarshal(b, &counts); err != nil {
			return err
		}
		for i, n := range counts {
			if i >= len(firstOutcomes) {
				return fmt.Errorf("%d outcomes, where there were %d", len(counts), len(firstOutcomes))
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
