package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The lines that the tables of a run take at most, at 100 columns: what a terminal of
// 40 lines, or 24, shows at once above the shell's prompt.
const (
	screenLines  = 39
	oneFlowLines = 23
	screenWidth  = 100 // of what is not for a terminal
)

// mostEntries bounds a part of the screen before it is fitted.
const mostEntries = 20

// A part is a section of the screen, and how it is cut short if the screen is full.
type part struct {
	table.Section
	noun  string // what its rows are, or its lines if it has no rows: "flow"
	least int    // of these, how many stay
	order []int  // of these, the most telling first; nil if they stand in that order
	most  int    // how many are shown; 0 means mostEntries
	spare int    // above 0 if the screen may go without the part: the one with the highest goes first
	brief bool   // once it is cut short, the line that says so takes the place of its other lines
	shown int

	// left says what is left out of the rows after so many; nil to say how many that are.
	left func(shown int) string
}

// count is how many rows, or else lines, the part has.
func (p *part) count() int {
	if len(p.Rows) > 0 {
		return len(p.Rows)
	}
	return len(p.Lines)
}

// cut is the part as it is shown. It says how much is not.
func (p *part) cut() table.Section {
	s, left := p.Section, p.count()-p.shown
	if left <= 0 {
		return s
	}
	if len(s.Rows) > 0 {
		s.Rows = chosen(s.Rows, p.order, p.shown)
	} else {
		s.Lines = chosen(s.Lines, p.order, p.shown)
	}
	if p.brief && len(s.Rows) > 0 {
		s.Lines = nil
	}
	rest := human.CountOf(int64(left), "more "+p.noun)
	if p.left != nil {
		rest = p.left(p.shown)
	}
	rest = "and " + rest + ": --all"
	s.Lines = append(s.Lines[:len(s.Lines):len(s.Lines)], table.Cell{Text: rest})
	return s
}

// chosen are the first n of a list, by an order if there is one.
func chosen[T any](list []T, order []int, n int) []T {
	if order == nil {
		return list[:n:n]
	}
	var few []T
	for _, i := range order[:n] {
		few = append(few, list[i])
	}
	return few
}

// whole is how many entries the part has at most on a screen.
func (p *part) whole() int { return min(p.count(), cmp.Or(p.most, mostEntries)) }

// fitted cuts the parts of a report, until it is no higher than so many lines or
// nothing more can go. Then it gives back what there is room for after all: what went last
// may have taken many lines, and what went before it few.
func fitted(r table.Report, parts []*part, lines int, o table.Terminal) table.Report {
	for _, p := range parts {
		p.shown = p.whole()
	}
	cut := func() table.Report {
		r.Sections = nil
		for _, p := range parts {
			if s := p.cut(); p.shown > 0 && !s.IsEmpty() {
				r.Sections = append(r.Sections, s)
			}
		}
		return r
	}
	fits := func() bool { return table.Height(cut(), o) <= lines }
	for !fits() && shorten(parts) {
	}
	lengthen(parts, fits)
	return cut()
}

// lengthen gives entries back to the parts, one after the other, as long as all fits. The
// parts that the screen can least go without come first. Where one entry more does not fit,
// all may: they need no line that says how many are left.
func lengthen(parts []*part, fits func() bool) {
	order := slices.Clone(parts)
	slices.SortStableFunc(order, func(a, b *part) int { return cmp.Compare(a.spare, b.spare) })
	for again := true; again; {
		again = false
		for _, p := range order {
			before := p.shown
			for _, more := range []int{max(before+1, p.least), p.whole()} {
				if more <= before || more > p.whole() {
					continue
				}
				if p.shown = more; fits() {
					again = true
					break
				}
				p.shown = before
			}
		}
	}
}

// shorten takes an entry from the longest part. If all are as short as they may be, it
// takes away the part that the screen can best go without. It is false if it needs all.
func shorten(parts []*part) bool {
	var longest, sparest *part
	for _, p := range parts {
		if p.shown > p.least && (longest == nil || p.shown-p.least > longest.shown-longest.least) {
			longest = p
		}
		if p.shown > 0 && p.spare > 0 && (sparest == nil || p.spare > sparest.spare) {
			sparest = p
		}
	}
	switch {
	case longest != nil:
		longest.shown--
	case sparest != nil:
		sparest.shown = 0
	default:
		return false
	}
	return true
}

// screen is what a run comes to, in one screen: the verdict, what was loaded, the
// answer, and what explains them.
func (res *document) screen(o Options) table.Report {
	r := res.frame()
	if res.NotLoaded != "" {
		return fitted(r, []*part{res.errorPart()}, screenLines, o.terminal())
	}
	r.More = "more: " + res.moreBy()
	lines := screenLines
	if len(res.FlowOrder) == 1 {
		lines = oneFlowLines
	}
	flows, stages := res.flowPart(), res.stagePart()
	if len(res.FlowOrder) == 1 {
		flows.spare, flows.Lines = 4, nil // the answer has the same figures, and names the times
		if len(stages.Rows) > 0 {
			flows = &part{} // and the stages have more
		}
	}
	parts := []*part{res.reasonPart(), flows, stages, res.errorPart(), res.missedPart(), res.driftPart(), res.findingPart(), costPart(res.Matrix), res.serverPart(), res.agentPart(), res.notePart()}
	return fitted(r, parts, lines, o.terminal())
}

// frame is what stands around the sections of a run.
func (res *document) frame() table.Report {
	head := append([]string{res.heading()}, res.targets()...)
	if res.NotLoaded == "" {
		head = append(head, nonEmpty(res.answer())...)
	}
	return table.Report{Verdict: verdictOf(&res.Verdict.Conclusion), Head: head}
}

// moreBy is the command that shows all of a run.
func (res *document) moreBy() string {
	if res.source == "" {
		return "--all"
	}
	return "smtpgauge show " + shellWord(res.source) + " --all"
}

// shellWord quotes a name for a shell, if that is needed.
func shellWord(name string) string {
	plain := func(r rune) bool {
		return r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._-/+,:@%", r))
	}
	if name != "" && strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// reasonPart has the reasons that the verdict's one sentence leaves out.
func (res *document) reasonPart() *part {
	p := &part{noun: "reason", spare: 2}
	v := &res.Verdict
	for _, text := range v.Why() {
		if !strings.HasPrefix(v.Reason, text) {
			p.Say("also: " + text)
		}
	}
	if n := len(res.Thresholds); n > 0 && n == res.met() && v.Word != criteria.Pass {
		p.Say(human.CountOf(int64(n), "threshold") + " met")
	}
	p.least = min(1, p.count())
	return p
}

// met is how many thresholds were met.
func (res *document) met() int { return len(res.Thresholds) - len(res.Missed()) - len(res.Open()) }

// notePart has what to know about the figures.
func (res *document) notePart() *part {
	p := &part{noun: "note", spare: 3}
	for _, n := range res.Verdict.Notes {
		p.Say("note: " + n)
	}
	p.least = min(1, p.count())
	return p
}

// missedPart has the thresholds that were missed, and those that are undecided: those that the
// screen has no row for are named below, if they are few. What one sentence of the verdict says
// of the only one is not said again.
func (res *document) missedPart() *part {
	p := &part{noun: "missed threshold", spare: 1, brief: true}
	p.Section = table.Section{ID: thresholdsID, Title: "Thresholds missed", Untitled: true, Columns: []table.Column{
		{Name: "missed threshold", Left: true, Code: true, Wrap: 24}, {Name: "it is"},
	}}
	missed, open := res.Missed(), res.Open()
	switch {
	case len(open) > 0 && len(missed) > 0:
		p.noun, p.Title, p.Columns[0].Name = "threshold", "Thresholds missed or undecided", "missed or undecided"
		p.Columns = append(p.Columns, table.Column{Name: "result", Left: true})
	case len(open) > 0:
		p.noun, p.Title, p.Columns[0].Name = "undecided threshold", "Thresholds undecided", "undecided threshold"
	}
	mixed := len(p.Columns) > 2
	missed = append(missed, open...)
	p.left = func(shown int) string { return thresholdsLeft(missed[shown:], p.noun) }
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
	p.least = min(1, len(p.Rows))
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
