// Package findings prints what smtpgauge check found.
package findings

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// Formats are the names of the formats.
var Formats = []string{"table", "json"}

// width is how many columns the table has. It fits every terminal.
const width = 80

// Options say how a report is printed.
type Options struct {
	Format string // one of Formats
	All    bool   // the table has what is as it should be in full, not in a line each
}

// Write prints a report.
func Write(w io.Writer, r *check.Report, o Options) error {
	if o.Format == "json" {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return writeTable(w, r, o.All)
}

// Verdict is the answer in one sentence: the first error, or that there is none.
func Verdict(r *check.Report) string {
	counts := []string{"no error"}
	if n := r.Count(check.Error); n > 0 {
		counts[0] = human.CountOf(int64(n), "error")
	}
	if n := r.Count(check.Warning); n > 0 {
		counts = append(counts, human.CountOf(int64(n), "warning"))
	}
	worst := r.Worst()
	if worst == nil || worst.Grade != check.Error {
		return "PASS: " + strings.Join(counts, ", ")
	}
	return "FAILED: " + worst.Target + ": " + worst.Says + " (" + strings.Join(counts, ", ") + ")"
}

// indent is how far the text of a finding is from the left.
const indent = 9

// writeTable prints the answer, the findings of each target, and the answer again.
func writeTable(w io.Writer, r *check.Report, all bool) error {
	b := bufio.NewWriter(w)
	answer := human.Wrap(Verdict(r), width)
	fmt.Fprintln(b, strings.Join(answer, "\n"))
	target := ""
	for _, f := range r.Findings {
		if f.Target != target {
			target = f.Target
			fmt.Fprintf(b, "\n%s\n", target)
		}
		lines := human.Wrap(string(f.ID)+": "+f.Says, width-indent)
		if f.Grade == check.OK && !all {
			lines = clip(lines)
		}
		for i, line := range lines {
			grade := ""
			if i == 0 {
				grade = f.Grade.String()
			}
			fmt.Fprintf(b, "%-*s%s\n", indent, grade, line)
		}
		if f.Do == "" {
			continue
		}
		for _, line := range human.Wrap("do: "+f.Do, width-indent) {
			fmt.Fprintf(b, "%-*s%s\n", indent, "", line)
		}
	}
	fmt.Fprintf(b, "\n%s\n", strings.Join(answer, "\n"))
	return b.Flush()
}

// clip leaves the first of several lines, with a sign that there is more.
func clip(lines []string) []string {
	if len(lines) == 1 {
		return lines
	}
	return []string{human.Wrap(lines[0], width-indent-2)[0] + " …"}
}
