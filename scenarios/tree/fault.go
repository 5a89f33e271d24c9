package tree

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Fault is one thing that is wrong with a scenario. Line and Column count from 1.
// Both are 0 if the fault has no position in a file: that of an override has
// "--set PATH" as its File.
type Fault struct {
	File         string
	Line, Column int
	Message      string
}

// Error renders the fault as file:line:column: message.
func (f Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// Faults are everything that is wrong with a scenario, in the order of the file.
type Faults []Fault

// Error renders the faults, each on a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].Error()
	}
	return strings.Join(lines, "\n")
}

// A Position is where something stands in a file, or in an override.
type Position struct {
	File         string
	Line, Column int
}

// Fault returns a fault at this position.
func (p Position) Fault(message string) Fault { return Fault{p.File, p.Line, p.Column, message} }

// MaxFaults is how many faults a report holds at most.
const MaxFaults = 200

// A Report collects faults while a scenario is read.
type Report struct {
	Faults Faults
	Files  []string // in the order in which their faults are shown

	concealed []string // values and their references in turn, as strings.NewReplacer has them
}

// Faultf adds a fault, unless the same was added before or there are too many.
func (r *Report) Faultf(at Position, format string, args ...any) {
	f := at.Fault(r.Concealed(fmt.Sprintf(format, args...)))
	// A value under defaults is decoded again for each flow that it is merged into.
	if slices.Contains(r.Faults, f) {
		return
	}
	if !slices.Contains(r.Files, f.File) {
		r.Files = append(r.Files, f.File)
	}
	if len(r.Faults) < MaxFaults {
		r.Faults = append(r.Faults, f)
	}
}

// conceal keeps a value of the environment out of messages: it may be a secret in the
// wrong place. Its reference is shown in its place.
func (r *Report) conceal(value, reference string) {
	const least = 4 // octets; less is no secret, and stands in words of the messages
	if len(value) < least || slices.Contains(r.concealed, value) {
		return
	}
	r.concealed = append(r.concealed, value, reference)
	if quoted := strings.Trim(strconv.Quote(value), `"`); quoted != value {
		r.concealed = append(r.concealed, quoted, reference)
	}
}

// Concealed returns a message without the values of the environment in it.
func (r *Report) Concealed(message string) string {
	if len(r.concealed) == 0 {
		return message
	}
	return strings.NewReplacer(r.concealed...).Replace(message)
}

// Faulty reports whether there is a fault at n or at anything below it.
func (r *Report) Faulty(n *Node) bool {
	if slices.ContainsFunc(r.Faults, func(f Fault) bool {
		return n.At == Position{f.File, f.Line, f.Column}
	}) {
		return true
	}
	return slices.ContainsFunc(n.Entries, func(e Entry) bool { return r.Faulty(e.Value) }) ||
		slices.ContainsFunc(n.Items, r.Faulty)
}

// Err returns the faults in order; nil if there are none.
func (r *Report) Err() error {
	if len(r.Faults) == 0 {
		return nil
	}
	slices.SortStableFunc(r.Faults, func(a, b Fault) int {
		return cmp.Or(
			cmp.Compare(slices.Index(r.Files, a.File), slices.Index(r.Files, b.File)),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column))
	})
	if len(r.Faults) == MaxFaults {
		last := r.Faults[MaxFaults-1]
		r.Faults = append(r.Faults, Fault{File: last.File, Message: "there may be more faults: only these are shown"})
	}
	return r.Faults
}

// Quote renders a value of the file for a message, and cuts it if it is long.
func Quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// List renders names for a message, with commas between them.
func List(names []string) string { return strings.Join(names, ", ") }
