package record

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// newID is a random name of a run, which no other run has.
func newID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// identity is what no other run has. Files of earlier versions have no ID: there it
// is host, time to the nanosecond, scenario and seed.
func (h *Header) identity() string {
	if h.ID != "" {
		return h.ID
	}
	return fmt.Sprintf("%s %d %s %d", h.Environment.Host, h.Started.UnixNano(), h.Hash, h.Seed)
}

// CheckDistinct refuses a list that has a run twice, as a copy of its file or within
// a merged run: the run would count twice. The error names both.
func CheckDistinct(runs []*Run) error {
	first := map[string]int{}
	for i, r := range runs {
		for _, id := range r.identities {
			if k, ok := first[id]; ok {
				return fmt.Errorf("%s is the same run as %s: give each run once", runName(runs, i), runName(runs, k))
			}
			first[id] = i
		}
	}
	return nil
}

// SharedRuns finds a run that is on both sides of a comparison.
func SharedRuns(base, other []*Run) (warning string, found bool) {
	known := map[string]int{}
	for i, r := range base {
		for _, id := range r.identities {
			known[id] = i
		}
	}
	for k, r := range other {
		for _, id := range r.identities {
			if i, ok := known[id]; ok {
				return fmt.Sprintf("the same run is on both sides: %s of the base side is %s of the new; compare runs that were made apart",
					runName(base, i), runName(other, k)), true
			}
		}
	}
	return "", false
}

// runName is how a message names run number i.
func runName(runs []*Run, i int) string {
	if source := runs[i].Source; source != "" {
		return source
	}
	return fmt.Sprintf("run %d", i+1)
}
