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
