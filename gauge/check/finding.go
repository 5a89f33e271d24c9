package check

import (
	"cmp"
	"fmt"
	"slices"
)

// A Grade says how much a finding matters.
type Grade uint8

// The grades, the worst first.
const (
	Error   Grade = iota // the load cannot work, or will measure something else
	Warning              // it may go wrong, or is wrong for others
	Note                 // good to know
	OK                   // looked at, and as it should be
)

var gradeNames = []string{"error", "warning", "note", "ok"}

// String returns the grade's name as it stands in JSON.
func (g Grade) String() string { return gradeNames[g] }

// MarshalText writes the name.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// A Finding is one thing that was looked at.
type Finding struct {
	ID     ID     `json:"id"`
	Grade  Grade  `json:"grade"`
	Target string `json:"target"` // host and port; the machine's own are "this machine"
	Says   string `json:"says"`
	Do     string `json:"do"` // "" if there is nothing to do
}

// ThisMachine is the target of findings about the machine that generates the load.
const ThisMachine = "this machine"

// A Report is what was found, target by target in the order of the plan, the worst first
// within each. This machine comes last.
type Report struct {
	Format   string    `json:"format"`
	Findings []Finding `json:"findings"`
}

// reportFormat is what a Report's Format is.
const reportFormat = "smtpgauge.check/1"

// NewReport makes a report of findings. It leaves out those that are there twice.
func NewReport(all []Finding) *Report {
	r := &Report{Format: reportFormat, Findings: []Finding{}}
	order := map[string]int{}
	for _, f := range all {
		if slices.Contains(r.Findings, f) {
			continue
		}
		if _, known := order[f.Target]; !known {
			order[f.Target] = len(order)
		}
		r.Findings = append(r.Findings, f)
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.Target], order[b.Target]), cmp.Compare(a.Grade, b.Grade))
	})
	return r
}

// Count returns how many findings have a grade.
func (r *Report) Count(g Grade) int {
	n := 0
	for _, f := range r.Findings {
		if f.Grade == g {
			n++
		}
	}
	return n
}

// Worst returns the first finding of the worst grade; nil if there is none.
func (r *Report) Worst() *Finding {
	var worst *Finding
	for i := range r.Findings {
		if worst == nil || r.Findings[i].Grade < worst.Grade {
			worst = &r.Findings[i]
		}
	}
	return worst
}

// A collector takes the findings about one target.
type collector struct {
	target   string
	findings []Finding
}

func (c *collector) add(g Grade, id ID, do, format string, args ...any) {
	c.findings = append(c.findings, Finding{ID: id, Grade: g, Target: c.target, Says: fmt.Sprintf(format, args...), Do: do})
}

// addFault takes a fault of a walk.
func (c *collector) addFault(f *Fault) {
	g := Error
	if f.Passing {
		g = Warning
	}
	c.findings = append(c.findings, Finding{ID: f.ID, Grade: g, Target: c.target, Says: f.Says, Do: f.Do})
}

// ok takes something that is as it should be.
func (c *collector) ok(id ID, format string, args ...any) { c.add(OK, id, "", format, args...) }
