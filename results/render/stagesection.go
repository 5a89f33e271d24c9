package render

import (
	"slices"
	"strconv"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A stageOf is a stage of a flow's load.
type stageOf struct {
	flow string
	*figures.LoadStage
}

// stages are those of all flows whose loads have several.
func (res *document) stages() []stageOf {
	var list []stageOf
	for name, f := range res.FlowsInOrder() {
		for i := range f.Stages {
			list = append(list, stageOf{name, &f.Stages[i]})
		}
	}
	return list
}

// stageSection has all of each stage of a load.
func (res *document) stageSection() table.Section {
	s := table.Section{ID: stagesID, Title: "Stages of the load"}
	s.Columns = []table.Column{
		{Name: "flow, stage", Left: true}, {Name: "load", Left: true}, {Name: "for"}, {Name: "due"}, {Name: "offered/s"}, {Name: "msg/s"},
		{Name: "accepted"}, {Name: "errors"}, {Name: "waiting"}, {Name: "queue grew", Left: true, Apart: "Message times by stage"},
	}
	s.Columns = append(s.Columns, table.Numbers(timeColumns...)...)
	for _, g := range res.stages() {
		row := table.Plain(g.flow+" "+strconv.Itoa(g.Stage), g.load(), human.Duration(g.Window), human.Count(g.Due), human.Rate(g.Offered), human.Rate(g.Rate),
			human.Count(g.Messages.Accepted))
		row = append(row, shareCell(&g.Messages), table.Cell{Text: human.Count(g.Waiting)}, g.grew())
		s.Rows = append(s.Rows, append(row, timeCells(g.Judged())...))
	}
	if len(s.Rows) > 0 {
		s.Lines = table.Plain(
			"Times, errors and accepted are of the arrivals that were due in the stage, whenever they were done; msg/s is what was accepted while it lasted.",
			"waiting: arrivals due and not done at the stage's end.")
	}
	return s
}

// leastStages are on the screen in any case: the last that the server kept up with, and
// those after it.
const leastStages = 5

// stagePart says of each stage of a load whether the server kept up with it.
func (res *document) stagePart() *screen.Part {
	p := &screen.Part{Noun: "stage"}
	list := res.stages()
	several := slices.ContainsFunc(list, func(g stageOf) bool { return g.flow != list[0].flow })
	p.Section = table.Section{ID: stagesID, Title: "Stages", Untitled: true}
	if several {
		p.Columns = []table.Column{{Name: "flow", Left: true, Wrap: 12}}
	}
	p.Columns = append(p.Columns, table.Column{Name: "stage"}, table.Column{Name: "load", Left: true}, table.Column{Name: "offered/s", Spare: 1},
		table.Column{Name: "msg/s"}, table.Column{Name: "errors"})
	for _, name := range timeColumns {
		p.Columns = append(p.Columns, table.Column{Name: name, Spare: spareTimes[name]})
	}
	queued := slices.IndexFunc(list, func(g stageOf) bool { return g.QueueGrewAt != nil })
	if queued >= 0 {
		p.Columns = append(p.Columns, table.Column{Name: "queue grew", Left: true}, table.Column{Name: "waiting"})
	}
	for _, g := range list {
		row := table.Plain(strconv.Itoa(g.Stage), g.load(), human.Rate(g.Offered), human.Rate(g.Rate))
		if several {
			row = append(table.Plain(g.flow), row...)
		}
		row = append(append(row, shareCell(&g.Messages)), timeCells(g.Judged())...)
		if queued >= 0 {
			row = append(row, g.grew(), table.Cell{Text: human.Count(g.Waiting)})
		}
		p.Rows = append(p.Rows, row)
	}
	if !several && len(list) > 0 {
		p.Lines = table.Plain(keptUp(list))
	}
	p.Order, p.Least = fromTheLastGood(len(list), queued), min(leastStages, len(list))
	return p
}

// keptUp says of each flow whose load has stages how far the server kept up with it.
func (res *document) keptUp() []string {
	var list []string
	all := res.stages()
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].flow == all[from].flow {
			to++
		}
		text := keptUp(all[from:to])
		if len(res.FlowOrder) > 1 {
			text = all[from].flow + ": " + text
		}
		list, from = append(list, text), to
	}
	return list
}

// keptUp says in a sentence how far a server kept up with a flow's load.
func keptUp(list []stageOf) string {
	for i, g := range list {
		if g.QueueGrewAt == nil {
			continue
		}
		text := "the queue began to grow " + human.Duration(*g.QueueGrewAt) + " into the load, at " + human.Ramp(g.RateThen(), g.RateThen()) + " " + g.Arriving()
		if i > 0 && list[i-1].QueueGrewAt == nil && list[i-1].To < g.RateThen() {
			text = "kept up with " + human.Ramp(list[i-1].To, list[i-1].To) + " " + g.Arriving() + "; " + text
		}
		return text
	}
	return "no queue grew in any stage"
}

// fromTheLastGood orders n stages from the one before the first whose queue grew, and
// after the last goes on with the first.
func fromTheLastGood(n, queued int) []int {
	var order []int
	for i := range n {
		order = append(order, (max(0, queued-1)+i)%n)
	}
	return order
}

// load is the rate that the stage sets.
func (g stageOf) load() string { return human.Ramp(g.From, g.To) + " " + g.Arriving() }

// grew is when the stage's queue began to grow.
func (g stageOf) grew() table.Cell {
	if g.QueueGrewAt == nil {
		return table.Cell{Text: human.NoSamples}
	}
	return table.Cell{Text: "from " + human.Duration(*g.QueueGrewAt) + " on", Bad: true}
}

func shareCell(m *tally.MessageCounts) table.Cell {
	share, ok := m.ErrorShare()
	if !ok {
		return table.Cell{Text: human.NoSamples}
	}
	return table.Cell{Text: human.Share(share), Bad: share > 0}
}
