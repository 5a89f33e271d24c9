package record

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// newID is what tells a run from every other.
func newID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// identity is the run's own. Files of earlier versions have none: there it is
// what was when and where, to the nanosecond.
func (h *Header) identity() string {
	if h.ID != "" {
		return h.ID
	}
	return fmt.Sprintf("%s %d %s %d", h.Environment.Host, h.Started.UnixNano(), h.Hash, h.Seed)
}

// CheckDistinct refuses runs of which one is given twice, be it as a copy of its
// file or in a merged run: it would count twice.
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

// shared finds a run that is on both sides.
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

// called is how a message names run number i.
func runName(runs []*Run, i int) string {
	if source := runs[i].Source; source != "" {
		return source
	}
	return fmt.Sprintf("run %d", i+1)
}
