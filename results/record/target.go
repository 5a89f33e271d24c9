package record

import (
	"net/netip"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A greetingEntry is a greeting and the index of the flow it came to.
type greetingEntry struct {
	flow int
	tally.Greeting
}

// addGreetings adds greetings, and returns those that are new.
func (r *Run) addGreetings(list []greetingEntry) []greetingEntry {
	return slices.DeleteFunc(list, func(e greetingEntry) bool { return !r.greetings[e.flow].Add(e.Greeting) })
}

// greetingLine is a greeting in a run file. It comes once, after the interval it was
// first seen in. If there are too many to be kept, the first of those beyond
// stands for all of them.
type greetingLine struct {
	Type string `json:"type"`
	Flow string `json:"flow"`
	tally.Greeting
}

// readGreeting reads a line of a greeting.
func (r *Run) readGreeting(line []byte) (greetingEntry, error) {
	l, err := decode[greetingLine](line)
	if err != nil {
		return greetingEntry{}, err
	}
	flow, err := r.flowNamed(l.Flow)
	if err != nil {
		return greetingEntry{}, err
	}
	return greetingEntry{flow, l.Greeting}, l.Check()
}

// A visitsEntry is what became of sessions at an address, and the index of their flow.
type visitsEntry struct {
	flow int
	at   netip.Addr
	sample.Visits
}

// addressLine is a tally.AddressCount in a run file: what became of a flow's sessions
// at an address in one interval.
type addressLine struct {
	Type string `json:"type"`
	Flow string `json:"flow"`
	tally.AddressCount
}

// readAddress reads a line of an address's counts, and returns the index of its flow too.
func (r *Run) readAddress(line []byte) (flow int, count *tally.AddressCount, err error) {
	l, err := decode[addressLine](line)
	if err != nil {
		return 0, nil, err
	}
	flow, err = r.flowNamed(l.Flow)
	return flow, &l.AddressCount, err
}

// Visits are what became of a flow's sessions at each address, without the warm-up.
// Files of earlier versions do not say.
func (r *Run) Visits(flow int) tally.Visits { return r.visits[flow] }
