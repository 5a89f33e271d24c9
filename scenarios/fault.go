package scenarios

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

// A position is where something stands in a file, or in an override.
type position struct {
	file         string
	line, column int
}

// maxFaults bounds what a hostile or hopeless file makes us print.
const maxFaults = 200

// A report collects faults while a scenario is read.
type report struct {
	faults Faults
	files  []string // in the order they were met, which is the order shown
}

func (r *report) faultf(at position, format string, args ...any) {
	f := Fault{at.file, at.line, at.column, fmt.Sprintf(format, args...)}
	// A value under defaults is read again for each flow it is merged into.
	if slices.Contains(r.faults, f) {
		return
	}
	if !slices.Contains(r.files, f.File) {
		r.files = append(r.files, f.File)
	}
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, f)
	}
}

// faulty tells whether there is a fault about n or anything below it.
func (r *report) faulty(n *node) bool {
	if slices.ContainsFunc(r.faults, func(f Fault) bool {
		return n.at == position{f.File, f.Line, f.Column}
	}) {
		return true
	}
	return slices.ContainsFunc(n.entries, func(e entry) bool { return r.faulty(e.value) }) ||
		slices.ContainsFunc(n.items, r.faulty)
}

// err returns the faults in order, and nil where there are none.
func (r *report) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(r.faults, func(a, b Fault) int {
		return cmp.Or(
			cmp.Compare(slices.Index(r.files, a.File), slices.Index(r.files, b.File)),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column))
	})
	if len(r.faults) == maxFaults {
		last := r.faults[maxFaults-1]
		r.faults = append(r.faults, Fault{File: last.File, Message: "there may be more faults: only these are shown"})
	}
	return r.faults
}

// quote renders a value of the file for a message, cut where it is long.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// list renders names for a message.
func list(names []string) string { return strings.Join(names, ", ") }
