package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/compared"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// screen is what a run comes to, in one screen: the verdict, what was loaded, the
// answer, and what explains them.
func (res *document) screen(o Options) table.Report {
	r := res.frame()
	if res.NotLoaded != "" {
		r.Once = true
		return screen.Fit(r, []*screen.Part{res.errorPart()}, screen.Lines, o.terminal())
	}
	r.More = "more: " + res.moreBy()
	lines := screen.Lines
	if len(res.FlowOrder) == 1 {
		lines = screen.OneFlow
	}
	flows, stages := res.flowPart(), res.stagePart()
	if len(res.FlowOrder) == 1 {
		flows.Spare, flows.Lines, flows.Noun = 4, nil, "" // the answer has the same figures, and names the times
		if len(stages.Rows) > 0 {
			flows = &screen.Part{} // and the stages have more
		}
	}
	parts := []*screen.Part{res.reasonPart(), flows, stages, res.errorPart(), res.missedPart(), res.driftPart(), res.findingPart(), compared.Costs(res.Matrix), res.serverPart(), res.agentPart(), res.notePart()}
	return screen.Fit(r, parts, lines, o.terminal())
}

// frame is what stands around the sections of a run.
func (res *document) frame() table.Report {
	head := append([]string{res.heading()}, res.targets()...)
	if res.NotLoaded == "" {
		head = append(head, nonEmpty(res.answer())...)
	}
	return table.Report{Verdict: table.Concluded(&res.Verdict.Conclusion), Head: head}
}

// mostMerged is how many files a command has that is to be typed again.
const mostMerged = 8

// moreBy is the command that shows all of a run.
func (res *document) moreBy() string {
	switch {
	case res.source != "":
		return "smtpgauge show " + ShellWord(res.source) + " --all"
	case len(res.merged) > mostMerged:
		return "the same command with --all"
	case len(res.merged) > 0:
		command := "smtpgauge show --merge"
		for _, name := range res.merged {
			command += " " + ShellWord(name)
		}
		return command + " --all"
	}
	return "--all"
}

// ShellWord quotes a name for a shell, if that is needed.
func ShellWord(name string) string {
	plain := func(r rune) bool {
		return r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._-/+,:@%", r))
	}
	if name != "" && strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// reasonPart has the reasons that the verdict's one sentence leaves out.
func (res *document) reasonPart() *screen.Part {
	p := &screen.Part{Noun: "reason"}
	for _, text := range res.otherReasons() {
		p.Say("also: " + text)
	}
	p.Least = min(leastReasons, p.Count())
	return p
}

// leastReasons is how many reasons stay if the screen is full.
const leastReasons = 1

// otherReasons are those of the verdict that its one sentence does not have.
func (res *document) otherReasons() []string {
	v := &res.Verdict
	why := v.Why()
	if len(why) > 0 && strings.HasPrefix(v.Reason, why[0]) {
		why = why[1:]
	}
	return why
}

// met is how many thresholds were met.
func (res *document) met() int { return len(res.Thresholds) - len(res.Missed()) - len(res.Open()) }

// notePart has what to know about the figures.
func (res *document) notePart() *screen.Part {
	p := &screen.Part{Noun: "note", Spare: 3}
	if n := len(res.Thresholds); n > 0 && n == res.met() && res.Verdict.Word != criteria.Pass {
		p.Say(human.CountOf(int64(n), "threshold") + " met")
	}
	for _, n := range res.Verdict.Notes {
		p.Say("note: " + n)
	}
	p.Least = min(1, p.Count())
	return p
}

// missedPart has the thresholds that were missed, and those that are undecided: those that the
// screen has no row for are named below, if they are few. What one sentence of the verdict says
// of the only one is not said again.
func (res *document) missedPart() *screen.Part {
	p := &screen.Part{Noun: "missed threshold", Spare: 1, Brief: true}
	p.Section = table.Section{ID: thresholdsID, Title: "Thresholds missed", Untitled: true, Columns: []table.Column{
		{Name: "missed threshold", Left: true, Code: true, Wrap: 24}, {Name: "it is"},
	}}
	missed, open := res.Missed(), res.Open()
	switch {
	case len(open) > 0 && len(missed) > 0:
		p.Noun, p.Title, p.Columns[0].Name = "threshold", "Thresholds missed or undecided", "missed or undecided"
		p.Columns = append(p.Columns, table.Column{Name: "result", Left: true})
	case len(open) > 0:
		p.Noun, p.Title, p.Columns[0].Name = "undecided threshold", "Thresholds undecided", "undecided threshold"
	}
	mixed := len(p.Columns) > 2
	missed = append(missed, open...)
	p.Left = func(shown int) string { return thresholdsLeft(missed[shown:], p.Noun) }
	why := slices.ContainsFunc(missed, func(t figures.ThresholdResult) bool { return t.Reason != "" })
	if why {
		p.Columns = append(p.Columns, table.Column{Name: "why", Left: true, Wrap: 24})
	}
	for _, t := range missed {
		if len(missed) == 1 && strings.HasSuffix(res.Verdict.Reason, t.Text()) {
			continue
		}
		row := []table.Cell{{Text: t.Expr, Bad: !t.Undecided}, {Text: t.Found()}}
		if mixed {
			row = append(row, table.Cell{Text: thresholdState(&t), Bad: !t.Undecided})
		}
		if why {
			row = append(row, table.Cell{Text: t.Reason})
		}
		p.Rows = append(p.Rows, row)
	}
	if n := int64(res.met()); n > 0 && len(p.Rows) > 0 {
		p.Say(human.CountOf(n, "other threshold") + " met")
	}
	p.Least = min(1, len(p.Rows))
	return p
}

// thresholdState says what became of a threshold that was not met.
func thresholdState(t *figures.ThresholdResult) string {
	if t.Undecided {
		return "undecided"
	}
	return "missed"
}

// mostNamed is how many characters the names of thresholds take at most: about two lines.
const mostNamed = 180

// thresholdsLeft names thresholds that were not met, and says what became of each. Of too many
// it says how many there are of either kind.
func thresholdsLeft(list []figures.ThresholdResult, noun string) string {
	var names []string
	undecided, length := int64(0), 0
	for i := range list {
		t := &list[i]
		names = append(names, t.Expr+" ("+thresholdState(t)+")")
		length += len(names[i]) + len(", ")
		if t.Undecided {
			undecided++
		}
	}
	n := int64(len(list))
	switch {
	case length <= mostNamed:
		return human.Count(n) + " more, " + strings.Join(names, ", ")
	case undecided > 0 && undecided < n:
		return fmt.Sprintf("%s, %s missed and %s undecided", human.CountOf(n, "more "+noun), human.Count(n-undecided), human.Count(undecided))
	}
	return human.CountOf(n, "more "+noun)
}
