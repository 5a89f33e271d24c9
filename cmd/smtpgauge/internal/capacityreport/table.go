// Package capacityreport prints what a search for a capacity came to.
package capacityreport

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// Formats are the names of the formats.
var Formats = []string{"table", "json", "html"}

// Write prints a report in one of Formats. A table has at most so many columns; 0 for
// what is not a terminal.
func Write(w io.Writer, r *capacity.Report, format string, columns int) error {
	switch format {
	case "json":
		e := json.NewEncoder(printable.NewWriter(w))
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(r)
	case "html":
		return writePage(w, r)
	}
	if columns <= 0 || columns > mostColumns {
		columns = mostColumns
	}
	return writeTable(printable.NewWriter(w), r, max(columns, leastColumns))
}

// A table has so many columns at most, and at least, which its figures need.
const mostColumns, leastColumns = 100, 72

// writeTable prints the answer, the trials by their rates, and the answer again.
func writeTable(w io.Writer, r *capacity.Report, width int) error {
	b := bufio.NewWriter(w)
	answer := strings.Join(human.Wrap(r.Verdict.String(), width), "\n")
	fmt.Fprintf(b, "%s\n\n", answer)
	for _, line := range notes(r) {
		fmt.Fprintln(b, strings.Join(human.Wrap(line, width), "\n"))
	}
	if len(r.Trials) > 0 {
		fmt.Fprintf(b, "\n%9s %10s %9s %9s %7s %4s  %s\n", "offered/s", "accepted/s", "p50", "p99", "errors", "s", "trial")
	}
	for _, t := range byRate(r.Trials) {
		what := string(t.Outcome)
		if t.Stage == capacity.Surrounding || t.Stage == capacity.Confirming {
			what += ", afresh"
		}
		if t.Why != "" {
			what += ": " + t.Why
		}
		p50, p99 := times(t.Response)
		lines := human.Wrap(what, width-len(" …")-figureColumns)
		if len(lines) > 1 {
			lines[0] += " …"
		}
		fmt.Fprintf(b, "%9s %10s %9s %9s %7d %4d  %s\n", human.Rate(t.Rate), human.Rate(t.Achieved),
			p50, p99, t.Errors, t.Seconds, lines[0])
	}
	fmt.Fprintf(b, "\n%s\n", answer)
	return b.Flush()
}

// figureColumns is how many columns the figures of a trial have.
const figureColumns = 55

// notes say what the answer is about, what ended it, and what it cost.
func notes(r *capacity.Report) []string {
	list := []string{
		"target: " + strings.Join(r.Target, ", "),
		"goals: " + strings.Join(r.SLO, "; "),
	}
	if r.Why != "" {
		list = append(list, "limit: the "+string(r.LimitedBy)+": "+r.Why)
	}
	if t := r.AtCapacity(); t != nil {
		list = append(list, fmt.Sprintf("server: CPU %s a message, and %s of %d cores in use at %s messages/s", human.Duration(t.Server.CPUPerMessage), human.ThreeDigits(t.Server.Cores), t.Server.Of, human.Rate(t.Achieved)))
	}
	if r.Machine != "" {
		list = append(list, "machine: "+r.Machine)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		list = append(list, fmt.Sprintf("%s: %s; %s: %s; try: %s", f.ID, f.Says, f.Sure, f.Is, f.Do))
	}
	if r.Partial {
		list = append(list, "the search was ended early: the range is that of its trials until then")
	}
	if n := r.Sharding.Shards; n > 0 {
		list = append(list, fmt.Sprintf("generator: %s (%s)", human.CountOf(int64(n), "shard"), r.Sharding.Why))
	}
	if len(r.Agents) > 0 {
		list = append(list, "generator: "+agentsText(r.Agents))
	}
	return append(list, fmt.Sprintf("cost: %s in %s; times are from when a message was due", human.CountOf(int64(len(r.Trials)), "trial"), human.Duration(r.Loaded)))
}

// namedAgents is how many agents are named.
const namedAgents = 8

// agentsText says which agents carried trials out.
func agentsText(agents []capacity.TrialAgent) string {
	var names []string
	for i, a := range agents {
		if i == namedAgents {
			names = append(names, "...")
			break
		}
		names = append(names, a.Name+" on "+a.Host)
	}
	return fmt.Sprintf("%s (%s)", human.CountOf(int64(len(agents)), "agent"), strings.Join(names, ", "))
}

// times are the response times of a trial as people read them.
func times(r *capacity.Response) (p50, p99 string) {
	if r == nil {
		return human.NoSamples, human.NoSamples
	}
	return human.Duration(r.P50), human.Duration(r.P99)
}

// byRate sorts trials by their rates, those of one rate by their order in time.
func byRate(trials []capacity.TrialReport) []capacity.TrialReport {
	return slices.SortedStableFunc(slices.Values(trials), func(a, b capacity.TrialReport) int { return cmp.Compare(a.Rate, b.Rate) })
}
