package console

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Progress is how far a run is, as the live display shows it.
type Progress struct {
	Draining bool // nothing new begins any more

	name    string
	elapsed time.Duration
	planned time.Duration // 0 if the server decides how long the run takes
	flows   []flowProgress
}

// A flowProgress is how far one flow is.
type flowProgress struct {
	name     string
	waiting  bool // its turn has yet to come
	open     int
	arrivals bool    // the load is open
	due      float64 // arrivals due a second, in the last interval
	begun    float64 // arrivals begun a second
	accepted float64 // messages a second, in the last interval
	p50, p99 time.Duration
	measured bool // there are p50 and p99
	errors   []classCount
}

type classCount struct {
	class string
	count int64
}

// NewProgress returns the progress of a plan's run at the end of an interval.
func NewProgress(p *loadgen.Plan, i *record.Progress) Progress {
	out := Progress{name: p.Name, elapsed: i.Elapsed}
	out.planned, _ = p.Length()
	for k := range i.Flows {
		f := newFlowProgress(&i.Flows[k], i.Length)
		f.arrivals = p.Flows[k].Load.Open()
		f.waiting = p.InTurn && !i.Flows[k].Begun && f.open == 0
		out.flows = append(out.flows, f)
	}
	return out
}

func newFlowProgress(i *record.FlowProgress, length time.Duration) flowProgress {
	f := flowProgress{name: i.Name, open: i.Open}
	if s := length.Seconds(); s > 0 {
		f.due, f.begun, f.accepted = float64(i.Due)/s, float64(i.Started)/s, float64(i.Accepted)/s
	}
	f.p50, f.measured = i.Message.Quantile(0.5)
	f.p99, _ = i.Message.Quantile(0.99)
	for class := range sample.NumClasses {
		if n := i.Errors[sample.Class(class)]; n > 0 {
			f.errors = append(f.errors, classCount{sample.Class(class).String(), n})
		}
	}
	return f
}

// lines renders the progress for a terminal, none wider than width.
func (p *Progress) lines(width int) []string {
	var open int
	var l layout
	for i := range p.flows {
		open += p.flows[i].open
		l.name = max(l.name, len(p.flows[i].name))
		l.arrivals = l.arrivals || p.flows[i].arrivals
	}
	l.name = min(l.name, 20) // names may have 63 letters, and figures matter more
	lines := []string{
		fmt.Sprintf("%s  %s  %d sessions open", p.name, p.clock(), open),
		l.row("flow", "open", "due/s", "begun/s", "msg/s", "p50", "p99", "errors"),
	}
	for i := range p.flows {
		f := &p.flows[i]
		if f.waiting {
			lines = append(lines, fmt.Sprintf("%-*s  waits for its turn", l.name, clip(f.name, l.name)))
			continue
		}
		due, begun := "", ""
		if f.arrivals {
			due, begun = human.Rate(f.due), human.Rate(f.begun)
		}
		p50, p99 := f.quantiles()
		lines = append(lines, l.row(f.name, strconv.Itoa(f.open), due, begun, human.Rate(f.accepted), p50, p99, f.classes()))
	}
	for i := range lines {
		lines[i] = clip(lines[i], width)
	}
	return lines
}

// A layout is the columns of the terminal's table.
type layout struct {
	name     int  // the width of the flows' names
	arrivals bool // there are columns for arrivals
}

// row lays out a line of the table.
func (l layout) row(name, open, due, begun, accepted, p50, p99, errors string) string {
	s := fmt.Sprintf("%-*s %6s", l.name, clip(name, l.name), open)
	if l.arrivals {
		s += fmt.Sprintf(" %7s %7s", due, begun)
	}
	return s + fmt.Sprintf(" %7s %8s %8s  %s", accepted, p50, p99, errors)
}

// line renders the progress as one line for a log.
func (p *Progress) line() string {
	parts := []string{p.clock()}
	for i := range p.flows {
		f := &p.flows[i]
		if f.waiting {
			continue
		}
		s := fmt.Sprintf("%s: %d open, ", f.name, f.open)
		if f.arrivals {
			s += fmt.Sprintf("%s/s due, %s/s begun, ", human.Rate(f.due), human.Rate(f.begun))
		}
		p50, p99 := f.quantiles()
		parts = append(parts, s+fmt.Sprintf("%s/s accepted, p50 %s, p99 %s, errors: %s", human.Rate(f.accepted), p50, p99, f.classes()))
	}
	return strings.Join(parts, "; ")
}

// clock is how long the run has lasted and will last, in whole seconds: "1m12s", as
// scenarios write durations.
func (p *Progress) clock() string {
	elapsed := p.elapsed.Round(time.Second)
	s := elapsed.String()
	switch {
	case p.Draining:
		return s + ", draining"
	case p.planned == 0:
		return s
	case elapsed >= p.planned:
		return s + ", finishing"
	}
	return fmt.Sprintf("%v, %v to go", elapsed, (p.planned - elapsed).Round(time.Second))
}

func (f *flowProgress) quantiles() (p50, p99 string) {
	if !f.measured {
		return human.NoSamples, human.NoSamples
	}
	return human.Duration(f.p50), human.Duration(f.p99)
}

// classes renders the errors so far, the most frequent first.
func (f *flowProgress) classes() string {
	if len(f.errors) == 0 {
		return "none"
	}
	byCount := func(a, b classCount) int { return cmp.Compare(b.count, a.count) }
	var parts []string
	for _, e := range slices.SortedStableFunc(slices.Values(f.errors), byCount) {
		parts = append(parts, fmt.Sprintf("%s %d", e.class, e.count))
	}
	return strings.Join(parts, ", ")
}

// clip cuts a line to a terminal's width.
func clip(s string, width int) string {
	r := []rune(s)
	if width <= 0 || len(r) <= width {
		return s
	}
	if width == 1 {
		return "…"
	}
	return string(r[:width-1]) + "…"
}
