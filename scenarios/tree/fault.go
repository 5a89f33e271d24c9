package tree

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing wrong with a scenario. Line and Column count from 1;
// both are 0 where the fault has no place in a file, such as one in an
// override, whose File is then "--set PATH".
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

// Faults are everything wrong with a scenario, in the order of the file.
type Faults []Fault

// Error renders the faults, one a line.
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

// Fault is what is wrong there.
func (p Position) Fault(message string) Fault { return Fault{p.File, p.Line, p.Column, message} }

// MaxFaults bounds what a hostile or hopeless file makes us print.
const MaxFaults = 200

// A Report collects faults while a scenario is read.
type Report struct {
	Faults Faults
	Files  []string // in the order they were met, which is the order shown
}

func (r *Report) Faultf(at Position, format string, args ...any) {
	f := at.Fault(fmt.Sprintf(format, args...))
	// A value under defaults is read again for each flow it is merged into.
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

// Faulty tells whether there is a fault about n or anything below it.
func (r *Report) Faulty(n *Node) bool {
	if slices.ContainsFunc(r.Faults, func(f Fault) bool {
		return n.At == Position{f.File, f.Line, f.Column}
	}) {
		return true
	}
	return slices.ContainsFunc(n.Entries, func(e Entry) bool { return r.Faulty(e.Value) }) ||
		slices.ContainsFunc(n.Items, r.Faulty)
}

// Err returns the faults in order, and nil where there are none.
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

// Quote renders a value of the file for a message, cut where it is long.
func Quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// List renders names for a message.
func List(names []string) string { return strings.Join(names, ", ") }
