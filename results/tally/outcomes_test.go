package tally

import (
	"encoding/json"
	"testing"
)

// The outcomes that files of the first days have are outcomes still.
func TestOldOutcomesAreKnown(t *testing.T) {
	for _, name := range firstOutcomes {
		if _, err := OutcomeNamed(name); err != nil {
			t.Error(err)
		}
	}
	if err := json.Unmarshal([]byte(`[1,2,3,4,5]`), new(Outcomes)); err == nil {
		t.Error("an outcome too many is taken")
	}
}
