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
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A progress is how far a run is, as the live display shows it.
type progress struct {
	name     string
	elapsed  time.Duration
	planned  time.Duration // 0 where the server decides how long it takes
	draining bool
	flows    []flowProgress
}

// A flowProgress is one flow's part of it.
type flowProgress struct {
	name     string
	waiting  bool // its turn is yet to come
	open     int
	arrivals bool    // the load is open
	asked    float64 // arrivals due a second, in the last interval
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

// NewProgress is what an interval of a plan's run comes to.
func NewProgress(p *loadgen.Plan, i *record.Interval, draining bool) progress {
	out := progress{name: p.Name, elapsed: i.Elapsed, draining: draining}
	out.planned, _ = p.Length()
	for k := range i.Flows {
		f := newFlowProgress(&i.Flows[k], i.Length)
		f.arrivals = p.Flows[k].Load.Open()
		f.waiting = p.InTurn && !i.Flows[k].Begun && f.open == 0
		out.flows = append(out.flows, f)
	}
	return out
}

func newFlowProgress(i *record.FlowInterval, length time.Duration) flowProgress {
	f := flowProgress{name: i.Name, open: i.Open}
	if s := length.Seconds(); s > 0 {
		f.asked, f.begun, f.accepted = float64(i.Due)/s, float64(i.Started)/s, float64(i.Accepted)/s
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
func (p *progress) lines(width int) []string {
	var open, column int
	var arrivals bool
	for i := range p.flows {
		open += p.flows[i].open
		column = max(column, len(p.flows[i].name))
		arrivals = arrivals || p.flows[i].arrivals
	}
	column = min(column, 20) // names may have 63 letters, and figures matter more
	lines := []string{
		fmt.Sprintf("%s  %s  %d sessions open", p.name, p.when(), open),
		row(column, arrivals, "flow", "open", "due/s", "begun/s", "msg/s", "p50", "p99", "errors"),
	}
	for i := range p.flows {
		f := &p.flows[i]
		if f.waiting {
			lines = append(lines, fmt.Sprintf("%-*s  waits for its turn", column, clip(f.name, column)))
			continue
		}
		due, begun := "", ""
		if f.arrivals {
			due, begun = number(f.asked), number(f.begun)
		}
		p50, p99 := f.quantiles()
		lines = append(lines, row(column, arrivals, f.name, strconv.Itoa(f.open), due, begun, number(f.accepted), p50, p99, f.classes()))
	}
	for i := range lines {
		lines[i] = clip(lines[i], width)
	}
	return lines
}

// row lays out a line of the terminal's table.
func row(column int, arrivals bool, name, open, due, begun, accepted, p50, p99, errors string) string {
	s := fmt.Sprintf("%-*s %6s", column, clip(name, column), open)
	if arrivals {
		s += fmt.Sprintf(" %7s %7s", due, begun)
	}
	return s + fmt.Sprintf(" %7s %7s %7s  %s", accepted, p50, p99, errors)
}

// line renders the progress as one line for a log.
func (p *progress) line() string {
	parts := []string{p.when()}
	for i := range p.flows {
		f := &p.flows[i]
		if f.waiting {
			continue
		}
		s := fmt.Sprintf("%s: %d open, ", f.name, f.open)
		if f.arrivals {
			s += fmt.Sprintf("%s/s due, %s/s begun, ", number(f.asked), number(f.begun))
		}
		p50, p99 := f.quantiles()
		parts = append(parts, s+fmt.Sprintf("%s/s accepted, p50 %s, p99 %s, errors: %s", number(f.accepted), p50, p99, f.classes()))
	}
	return strings.Join(parts, "; ")
}

func (p *progress) when() string {
	elapsed := p.elapsed.Round(time.Second)
	s := elapsed.String()
	switch {
	case p.draining:
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
		return "-", "-"
	}
	return short(f.p50), short(f.p99)
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

func number(v float64) string {
	if v < 10 && v != float64(int(v)) {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// short renders a duration in three digits.
func short(d time.Duration) string {
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		switch {
		case d >= 100*unit:
			return d.Round(unit).String()
		case d >= 10*unit:
			return d.Round(unit / 10).String()
		case d >= unit:
			return d.Round(unit / 100).String()
		}
	}
	return d.String()
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
