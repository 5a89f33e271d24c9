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
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render"
)

// Formats are the names of the formats.
var Formats = []string{"table", "json", "html"}

// Options say how a table looks.
type Options struct {
	Columns int    // at most so many; 0 for what is not a terminal
	All     bool   // print the reasons of trials whole
	File    string // that has the search, for what shows more of it; "" if none has
}

// Write prints a report in one of Formats.
func Write(w io.Writer, r *capacity.Report, format string, o Options) error {
	switch format {
	case "json":
		e := json.NewEncoder(printable.NewWriter(w))
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(r)
	case "html":
		return writePage(w, r)
	}
	if o.Columns <= 0 || o.Columns > mostColumns {
		o.Columns = mostColumns
	}
	o.Columns = max(o.Columns, leastColumns)
	return writeTable(printable.NewWriter(w), r, o)
}

// A table has so many columns at most, and at least, which its figures need.
const mostColumns, leastColumns = 100, 72

// writeTable prints the answer, the trials by their rates, and the answer again.
func writeTable(w io.Writer, r *capacity.Report, o Options) error {
	b := bufio.NewWriter(w)
	answer := strings.Join(human.Wrap(r.Verdict.String(), o.Columns), "\n")
	fmt.Fprintf(b, "%s\n\n", answer)
	for _, line := range notes(r) {
		fmt.Fprintln(b, strings.Join(human.Wrap(line, o.Columns), "\n"))
	}
	columns := columnsOf(r, o.Columns)
	if len(r.Trials) > 0 {
		fmt.Fprintf(b, "\n%s  trial\n", figuresOf(columns, func(c *column) string { return c.name }))
	}
	shortened := false
	for _, t := range byRate(r.Trials) {
		row := figuresOf(columns, func(c *column) string { return c.of(&t) }) + "  " + string(t.Outcome)
		if t.Stage == capacity.Surrounding || t.Stage == capacity.Confirming {
			row += ", afresh"
		}
		lines, cut := reason(&t, o.Columns-len(reasonIndent), o.All)
		if joined := row + ": " + strings.Join(lines, " "); len(lines) > 0 && !cut && utf8.RuneCountInString(joined) <= o.Columns {
			row, lines = joined, nil
		}
		fmt.Fprintln(b, row)
		for _, line := range lines {
			fmt.Fprintf(b, "%s%s\n", reasonIndent, line)
		}
		shortened = shortened || cut
	}
	if shortened && o.File != "" {
		fmt.Fprintf(b, "\nmore: smtpgauge show %s --all prints the reasons whole\n", render.ShellWord(o.File))
	}
	fmt.Fprintf(b, "\n%s\n", answer)
	return b.Flush()
}

// reasonIndent stands before the reason of a trial, which is below its figures if it has no
// room beside them.
const reasonIndent = "          "

// reason says in lines of so many columns why a trial did not pass, and what its end cut
// off. Unless all of it is asked for, that is one line, and shortened if it has to be.
func reason(t *capacity.TrialReport, columns int, all bool) (lines []string, shortened bool) {
	why, rest := printable.Text(t.Why), ""
	if t.CutOff > 0 {
		rest = cutOffText(t.CutOff)
	}
	switch {
	case why == "" && rest == "":
		return nil, false
	case why == "":
		return human.Wrap(rest, columns), false
	case rest != "":
		rest = "; " + rest
	}
	if lines = human.Wrap(why+rest, columns); all || len(lines) == 1 {
		return lines, false
	}
	return []string{human.Wrap(why, columns-len(" …")-len(rest))[0] + " …" + rest}, true
}

// cutOffText says how much the end of a trial cut off.
func cutOffText(n int64) string { return human.Count(n) + " cut off at its end" }

// notes say what the answer is about, what ended it, and what it cost.
func notes(r *capacity.Report) []string {
	list := []string{
		"target: " + strings.Join(r.Target, ", "),
		"goals: " + strings.Join(r.SLO, "; "),
	}
	if r.Expect > 0 {
		list = append(list, fmt.Sprintf("expected: at least %s messages/s", human.Rate(r.Expect)))
	}
	if by := limit(r); by != "" {
		list = append(list, "limit: "+by)
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
	switch {
	case r.Cut:
		list = append(list, "the file ends without the search's end: the search was killed, or still goes on; the range is that of the trials until then, and none of them confirmed it")
	case r.Partial:
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

// limit says what ended the search from above, and why; "" if there is no more to say of
// that than the answer does.
func limit(r *capacity.Report) string {
	few := "the load's own limit of sessions (" + string(limits.SessionsUsedUp) + ")"
	by := "the " + string(r.LimitedBy)
	switch {
	case r.Gone != nil:
		return ""
	case r.LimitedBy == capacity.ByTrials:
		by = "the length of the trials"
	case r.LimitedBy == capacity.ByServer && r.SessionsUsedUp:
		by, few = few+", not shown to be the server", ""
	}
	if r.SessionsUsedUp && few != "" {
		by += ", and " + few
	}
	switch {
	case r.Why != "":
		return by + ": " + r.Why
	case r.SessionsUsedUp:
		return by
	}
	return ""
}

// TrialLine says on one line what a trial showed.
func TrialLine(n int, t *capacity.Trial, so capacity.Range) string {
	text := fmt.Sprintf("trial %d: %s/s for %d s: ", n, human.Rate(t.Rate), len(t.Blocks))
	harmless := t.Harmless()
	if harmless {
		text += "nothing against it, going on"
	} else {
		text += string(t.Outcome)
	}
	switch {
	case t.Why != "" && !harmless:
		text += ": " + t.Why
	case t.P99 > 0:
		text += ", p99 " + human.Duration(t.P99)
	}
	if so.High > 0 && t.Outcome != capacity.Unanswered {
		text += fmt.Sprintf("; so far %s to %s/s", human.Rate(so.Low), human.Rate(so.High))
	}
	return text
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
