package screen

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// Nothing hides behind --all for which there is room, whatever was taken away before.
func TestScreenLeavesNoRoom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	o := table.Terminal{Width: 80}
	full := 0
	for range 40 {
		var parts []*Part
		for i := range 2 + r.IntN(5) {
			p := &Part{Noun: "thing", Spare: r.IntN(4), Most: r.IntN(4), Brief: i%3 == 0}
			if r.IntN(3) == 0 {
				p.Columns = []table.Column{{Name: "a", Left: true}, {Name: "b"}}
			}
			for range r.IntN(6) {
				text := strings.Repeat("word ", 1+r.IntN(70))
				if p.Columns == nil {
					p.Say(text)
				} else {
					p.Rows = append(p.Rows, []table.Cell{{Text: "x"}, {Text: "y"}})
				}
			}
			p.Least = min(r.IntN(3), p.Count())
			parts = append(parts, p)
		}
		head := table.Report{Head: []string{"head"}}
		report := Fit(head, parts, OneFlow, o)
		if table.Height(report, o) > OneFlow {
			continue // all that is left is needed
		}
		for _, p := range parts {
			for _, more := range []int{p.shown + 1, p.whole()} {
				if more <= p.shown || more > p.whole() || p.shown == 0 && more < p.Least {
					continue
				}
				full++
				before := p.shown
				p.shown = more
				longer := head
				for _, q := range parts {
					if s := q.cut(); q.shown > 0 && !s.IsEmpty() {
						longer.Sections = append(longer.Sections, s)
					}
				}
				p.shown = before
				if h := table.Height(longer, o); h <= OneFlow {
					t.Fatalf("%d of %d are shown, and %d fit in %d lines", before, p.whole(), more, h)
				}
			}
		}
	}
	if full < 20 {
		t.Errorf("only %d parts were cut", full)
	}
}

// A part that has gone as a whole is told of where the rest is said to be.
func TestPartsThatWentAreToldOf(t *testing.T) {
	agents := &Part{Noun: "agent", Spare: 1}
	agents.Columns = []table.Column{{Name: "agent", Left: true}}
	for range 4 {
		agents.Rows = append(agents.Rows, []table.Cell{{Text: "x"}})
	}
	flows := &Part{Noun: "flow", Least: 3}
	for range 3 {
		flows.Say("a flow")
	}
	report := Fit(table.Report{Head: []string{"head"}, More: "more: show x --all"}, []*Part{flows, agents}, 7, table.Terminal{Width: 80})
	if want := "more, with 4 agents: show x --all"; report.More != want {
		t.Errorf("%q, want %q", report.More, want)
	}
	whole := Fit(table.Report{Head: []string{"head"}, More: "more: show x --all"}, []*Part{flows, agents}, Lines, table.Terminal{Width: 80})
	if whole.More != "more: show x --all" {
		t.Errorf("all is shown, and yet %q", whole.More)
	}
}
