package pace

import (
	"fmt"
	"slices"
)

// A Process says how arrivals are spread around the rate.
type Process uint8

// The arrival processes.
const (
	Uniform Process = iota // evenly spaced
	Poisson                // independent, with exponential gaps
)

var processNames = []string{"uniform", "poisson"}

// String returns the process's name as it stands in scenarios.
func (p Process) String() string {
	if int(p) < len(processNames) {
		return processNames[p]
	}
	return fmt.Sprintf("pace.Process(%d)", uint8(p))
}

// ParseProcess finds a process by its name.
func ParseProcess(name string) (Process, bool) {
	i := slices.Index(processNames, name)
	return Process(max(i, 0)), i >= 0
}
