package record

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
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

// leftOut are the options of a flow, as the scenario names them, that its
// fingerprint does not depend on: the choices, which a header has by themselves,
// the accounts and the certificates' files. Flows that differ in any other option
// have different fingerprints, and so it is with options that scenarios learn later.
var leftOut = []string{
	"port", "tls", // choices
	"auth.mechanism", "session.messages", "session.pipelining",
	"message.size", "message.size.median", "message.size.p99", "envelope.recipients",

	"auth.username", "auth.password", "auth.token", "auth.identity", "auth.accounts",

	"target.tls.ca", "target.tls.key",
}

// presenceOnly are options of which only the presence matters: a client that has a
// certificate sends it, and signs with its key.
var presenceOnly = []string{"target.tls.cert"}

// fingerprints are hashes of all that a scenario's flows do, less what leftOut
// names, by the flows' names. Two flows with the same one differ in their choices
// alone, so that a difference between their figures is the choices' work. A flow
// that the scenario does not have has no fingerprint, and is like no other.
func fingerprints(scenario json.RawMessage) map[string]string {
	var doc struct {
		Flows map[string]map[string]any `json:"flows"`
	}
	d := json.NewDecoder(bytes.NewReader(scenario))
	d.UseNumber()
	if d.Decode(&doc) != nil {
		return nil
	}
	found := map[string]string{}
	for name, flow := range doc.Flows {
		for _, option := range leftOut {
			leaveOut(flow, strings.Split(option, "."))
		}
		for _, option := range presenceOnly {
			hideValue(flow, strings.Split(option, "."))
		}
		b, err := json.Marshal(flow) // in the order of the keys
		if err != nil {
			continue // not of what was just decoded
		}
		sum := sha256.Sum256(b)
		found[name] = hex.EncodeToString(sum[:8])
	}
	return found
}

// leaveOut removes an option, and the sections that are empty without it. An option
// that has options of its own stays: leftOut has to name each of those.
func leaveOut(section map[string]any, path []string) {
	value, ok := section[path[0]]
	if !ok {
		return
	}
	inner, isSection := value.(map[string]any)
	switch {
	case len(path) == 1 && !isSection:
		delete(section, path[0])
	case len(path) > 1 && isSection && len(inner) > 0:
		if leaveOut(inner, path[1:]); len(inner) == 0 {
			delete(section, path[0])
		}
	}
}

// hideValue replaces the value of an option that is there.
func hideValue(section map[string]any, path []string) {
	for ; len(path) > 1; path = path[1:] {
		section, _ = section[path[0]].(map[string]any)
	}
	if _, ok := section[path[0]]; ok {
		section[path[0]] = true
	}
}
