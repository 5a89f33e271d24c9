package record

import (
	"fmt"
	"slices"

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

// readGreeting takes a greeting from a file.
func (r *Run) readGreeting(l *greetingLine) error {
	flow := r.FlowIndex(l.Flow)
	if flow < 0 {
		return fmt.Errorf("flow %q is not in the header", l.Flow)
	}
	if err := l.Check(); err != nil {
		return err
	}
	r.greetings[flow].Add(l.Greeting)
	return nil
}
