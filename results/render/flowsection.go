package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// flowSection has all of each flow: what became of its messages, and how long they took.
func (res *document) flowSection() table.Section {
	s := table.Section{ID: flowsID, Title: "Flows"}
	s.Columns = append([]table.Column{{Name: "flow", Left: true}},
		table.Numbers("msg/s", "attempted", "accepted", "rejected", "failed", "unknown")...)
	expected := res.expectsRejections()
	if expected {
		s.Columns = slices.Insert(s.Columns, 4, table.Column{Name: rejectedAsExpected})
	}
	s.Columns = append(s.Columns, table.Column{Name: "port, tls, auth", Left: true, Apart: "Message times"})
	s.Columns = append(s.Columns, table.Numbers(timeColumns...)...)
	for name, f := range res.FlowsInOrder() {
		m := &f.Messages
		speed := human.NoSamples
		if f.Window > 0 {
			speed = human.Rate(f.Rate)
		}
		row := append(table.Plain(name, speed), messageCells(m)...)
		if expected {
			row = slices.Insert(row, 4, table.Cell{Text: human.Count(m.Expected)})
		}
		row = append(row, table.Cell{Text: f.Label})
		s.Rows = append(s.Rows, append(row, timeCells(f.Judged())...))
	}
	s.Lines = table.Plain(res.timesNote()...)
	return s
}

// expectsRejections tells whether a message was rejected as the scenario wants.
func (res *document) expectsRejections() bool {
	for _, f := range res.FlowsInOrder() {
		if f.Messages.Expected > 0 {
			return true
		}
	}
	return false
}

// messageCells are the messages by outcome; those rejected as expected are left out.
func messageCells(m *tally.MessageCounts) []table.Cell {
	return table.Plain(human.Count(m.Attempted), human.Count(m.Accepted), human.Count(m.Rejected-m.Expected), human.Count(m.Failed), human.Count(m.Unknown))
}

// timesNote says which times the message times are, and why.
func (res *document) timesNote() []string {
	var closed, open []string
	for name, f := range res.FlowsInOrder() {
		if f.Load == sample.OpenLoad {
			open = append(open, name)
		} else {
			closed = append(closed, name)
		}
	}
	const (
		service  = "service times, MAIL sent to last reply. Closed load has no response time: no message is due before the one ahead of it is done."
		response = "response times, due to last reply: the load is open, so waiting counts."
	)
	switch {
	case len(open) == 0 && len(closed) == 0:
		return nil
	case len(open) == 0:
		return []string{"Message times are " + service}
	case len(closed) == 0:
		return []string{"Message times are " + response}
	}
	return []string{
		"Message times of " + strings.Join(open, ", ") + " are " + response,
		"Message times of " + strings.Join(closed, ", ") + " are " + service,
	}
}

// flowPart has a row for each flow: what was accepted, and how long it took. Counts
// that are zero in all flows have no column.
func (res *document) flowPart() *screen.Part {
	p := &screen.Part{Noun: "flow"}
	p.Section = table.Section{ID: flowsID, Title: "Flows", Untitled: true, Columns: []table.Column{
		{Name: "flow", Left: true, Wrap: 12}, {Name: "port, tls, auth", Left: true, Spare: 1}, {Name: "msg/s"}, {Name: "accepted"},
	}}
	var flows []*figures.Flow
	for name, f := range res.FlowsInOrder() {
		flows = append(flows, f)
		speed := human.NoSamples
		if f.Window > 0 {
			speed = human.Rate(f.Rate)
		}
		accepted := table.Cell{Text: human.Count(f.Messages.Accepted), Bad: f.Messages.Accepted+f.Messages.Expected == 0}
		p.Rows = append(p.Rows, append(table.Plain(name, f.Label, speed), accepted))
	}
	add := func(c table.Column, of func(*figures.Flow) table.Cell) {
		p.Columns = append(p.Columns, c)
		for i, f := range flows {
			p.Rows[i] = append(p.Rows[i], of(f))
		}
	}
	if slices.ContainsFunc(flows, func(f *figures.Flow) bool { return offeredText(f) != human.NoSamples }) {
		add(table.Column{Name: "offered"}, func(f *figures.Flow) table.Cell { return table.Cell{Text: offeredText(f)} })
	}
	for _, count := range troubleCounts {
		if slices.ContainsFunc(flows, func(f *figures.Flow) bool { return count.of(&f.Messages) > 0 }) {
			add(table.Column{Name: count.name, Spare: 2, Told: true}, func(f *figures.Flow) table.Cell { return table.Cell{Text: human.Count(count.of(&f.Messages))} })
		}
	}
	add(table.Column{Name: "errors"}, errorShareCell)
	mixed := slices.ContainsFunc(flows, func(f *figures.Flow) bool { return f.Load != flows[0].Load })
	if mixed {
		add(table.Column{Name: "times", Left: true}, func(f *figures.Flow) table.Cell { return table.Cell{Text: f.Load.Judged().String()} })
	}
	for i, name := range timeColumns {
		add(table.Column{Name: name, Spare: spareTimes[name]}, func(f *figures.Flow) table.Cell { return timeCells(f.Judged())[i] })
	}
	p.Lines = table.Plain(briefTimes(flows, mixed)...)
	p.Order, p.Least = worstFlows(flows), min(1, len(flows))
	return p
}

// offeredText is the rate of an open load, as messages a second if it is one of
// messages.
func offeredText(f *figures.Flow) string {
	rate, unit := f.Offered()
	switch {
	case rate <= 0:
		return human.NoSamples
	case unit == "msg/s":
		return human.Rate(rate)
	}
	return human.Rate(rate) + " " + unit
}

// rejectedAsExpected names the rejections that the scenario wants, which are no trouble.
// "rejected" are the others then.
const rejectedAsExpected = "rejected (expected)"

// troubleCounts are the outcomes that are not acceptance.
var troubleCounts = []struct {
	name string
	of   func(*tally.MessageCounts) int64
}{
	{rejectedAsExpected, func(m *tally.MessageCounts) int64 { return m.Expected }},
	{"rejected", func(m *tally.MessageCounts) int64 { return m.Rejected - m.Expected }},
	{"failed", func(m *tally.MessageCounts) int64 { return m.Failed }},
	{"unknown", func(m *tally.MessageCounts) int64 { return m.Unknown }},
}

// spareTimes are the times that a narrow table goes without, the last first.
var spareTimes = map[string]int{"p90": 3, "p99.9": 4, "max": 5}

// briefTimes says in short which times those of the flows are.
func briefTimes(flows []*figures.Flow, mixed bool) []string {
	switch {
	case len(flows) == 0:
		return nil
	case mixed:
		return []string{"response: from when a message was due to its last reply; service: from MAIL sent to the last reply"}
	case flows[0].Load == sample.OpenLoad:
		return []string{"times are response times, from when a message was due to its last reply"}
	}
	return []string{"times are service times, from MAIL sent to the last reply"}
}

func errorShareCell(f *figures.Flow) table.Cell { return shareCell(&f.Messages) }

// worstFlows numbers the flows, the worst first: by errors, then by p99.
func worstFlows(flows []*figures.Flow) []int {
	type badness struct {
		flow   int
		errors float64
		p99    float64
	}
	var list []badness
	for i, f := range flows {
		b := badness{flow: i, errors: 1} // nothing is as bad as nothing attempted
		if share, ok := f.Messages.ErrorShare(); ok {
			b.errors = share
		}
		if d := f.Judged(); d != nil {
			b.p99 = float64(d.P99)
		}
		list = append(list, b)
	}
	slices.SortStableFunc(list, func(a, b badness) int { return cmp.Or(cmp.Compare(b.errors, a.errors), cmp.Compare(b.p99, a.p99)) })
	var order []int
	for _, b := range list {
		order = append(order, b.flow)
	}
	return order
}
