package check

import (
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Fault is something that keeps a flow from working at its target.
type Fault struct {
	ID     ID
	Flows  []string // that have it
	Target string   // host and port
	Says   string   // what was tried, what came back, and what that most likely means
	Do     string   // what to type or to mend

	// Failure is what the session reported, in the terms of a load; nil if no reply or
	// error shows the fault.
	Failure *sample.Failure

	// Passing says that it may pass by itself, or does not concern all of the load.
	// Such a fault is no reason to stop a run.
	Passing bool
}

// Error says which flows have the fault, where, and what it is. Do is not part of it.
func (f *Fault) Error() string {
	at := f.Target + ": " + f.Says
	if len(f.Flows) == 0 {
		return at
	}
	return strings.Join(f.Flows, ", ") + " at " + at
}

// Faults are why a run would come to nothing.
type Faults []*Fault

// Error has a line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// Passing returns the faults that may pass by themselves. The others, if there are any, are
// the error, which is of type Faults.
func Passing(all []*Fault) (passing []*Fault, err error) {
	var certain Faults
	for _, f := range all {
		if f.Passing {
			passing = append(passing, f)
		} else {
			certain = append(certain, f)
		}
	}
	if len(certain) > 0 {
		return passing, certain
	}
	return passing, nil
}

// merged returns the faults, each once: flows with the same fault at the same target are
// listed in one.
func merged(all []*Fault) []*Fault {
	var out []*Fault
next:
	for _, f := range all {
		for _, o := range out {
			if o.ID == f.ID && o.Target == f.Target && o.Says == f.Says && o.Passing == f.Passing {
				o.Flows = append(o.Flows, f.Flows...)
				continue next
			}
		}
		out = append(out, f)
	}
	return out
}
