package capacityreport

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A column is a figure that all trials have.
type column struct {
	name  string
	width int
	of    func(*capacity.TrialReport) string
}

// outcomeColumns is how many columns the longest outcome has, with the space before it.
const outcomeColumns = len("  undecided, afresh")

// columnsOf are the figures of a table that is so wide. The percentiles of the goals come
// before the median: the first has room in any table, more of them as far as they fit.
func columnsOf(r *capacity.Report, width int) []column {
	p50 := column{"p50", 8, func(t *capacity.TrialReport) string { p50, _ := times(t.Response); return p50 }}
	list := []column{
		{"offered/s", 9, func(t *capacity.TrialReport) string { return human.Rate(t.Rate) }},
		{"accepted/s", 10, func(t *capacity.TrialReport) string { return human.Rate(t.Achieved) }},
		{"p99", 8, func(t *capacity.TrialReport) string { _, p99 := times(t.Response); return p99 }},
		{"errors", 6, func(t *capacity.TrialReport) string { return human.Count(t.Errors) }},
		{"s", 4, func(t *capacity.TrialReport) string { return strconv.Itoa(t.Seconds) }},
	}
	const before = 2 // where the times of goals stand: after the rates
	left := width - outcomeColumns
	for i := range list {
		left -= list[i].width + 1
	}
	left++ // there is nothing before the first
	for i, c := range goalColumns(r) {
		c.name = shortened(c.name, mostName)
		if c.width+1 > left && i > 0 {
			break
		}
		list = slices.Insert(list, before+i, c)
		left -= c.width + 1
	}
	if p50.width+1 <= left {
		list = slices.Insert(list, before, p50)
	}
	return list
}

// goalColumns are the percentiles that the goals limit, but those that every table has.
func goalColumns(r *capacity.Report) []column {
	var list []column
	for _, goal := range r.SLO {
		name := percentileName(goal, len(r.Target) > 1)
		if name == "" || name == "p50" || name == "p99" {
			continue
		}
		list = append(list, column{printable.Text(name), max(8, min(len(name), mostName)), atGoal(goal)})
		if len(list) == mostGoals {
			break
		}
	}
	return list
}

// A table has the percentiles of so many goals at most, and names of so many characters
// above them.
const mostGoals, mostName = 4, 11

// percentileName names the percentile that a goal limits: p90 of the response times of all
// messages, connect.p90 or relay.p90 of others. The flow is named if there are several. It
// is "" if the goal limits no time.
func percentileName(goal string, several bool) string {
	t, err := criteria.ParseThreshold(goal)
	if err != nil || t.Metric.Kind != criteria.Latency {
		return "" // a file may hold anything
	}
	var parts []string
	if t.Flow != "" && several {
		parts = append(parts, t.Flow)
	}
	if m := t.Metric; m.Phase != sample.SpanMessage || m.Part != sample.Response {
		parts = append(parts, m.Phase.String())
		if m.Part != sample.Service {
			parts = append(parts, m.Part.String())
		}
	}
	return strings.Join(append(parts, t.Metric.Stat), ".")
}

// atGoal shows the percentile that a goal limits.
func atGoal(goal string) func(*capacity.TrialReport) string {
	return func(t *capacity.TrialReport) string {
		var at time.Duration
		for _, g := range t.AtGoals {
			if g.Goal == goal {
				at = g.Time
			}
		}
		if at <= 0 {
			return human.NoSamples
		}
		return human.Duration(at)
	}
}

// shortened keeps the end of a name, which says most.
func shortened(name string, most int) string {
	if r := []rune(name); len(r) > most {
		return "…" + string(r[len(r)-most+1:])
	}
	return name
}

// figuresOf aligns a line of the table to the right.
func figuresOf(columns []column, of func(*column) string) string {
	var b strings.Builder
	for i := range columns {
		if i > 0 {
			b.WriteByte(' ')
		}
		text := of(&columns[i])
		b.WriteString(strings.Repeat(" ", max(0, columns[i].width-len([]rune(text)))) + text)
	}
	return b.String()
}
