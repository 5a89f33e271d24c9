package render

import (
	"cmp"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

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
