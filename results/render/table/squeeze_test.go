package table

import (
	"strings"
	"testing"
)

// A table that lacks room for one column is not split: a name or a cell is broken instead.
func TestOneColumnSplitsNoTable(t *testing.T) {
	stages := Section{Title: "Stages", Columns: []Column{{Name: "stage"}, {Name: "load", Left: true}, {Name: "msg/s"}, {Name: "queue grew", Left: true}, {Name: "waiting"}}}
	stages.Rows = [][]Cell{Plain("1", "0 to 1,000 msg/s", "500", "–", "0"), Plain("2", "60,000 msg/s", "7,166", "from 5.00 s on", "105,669")}
	names := Section{Title: "Noise", Columns: []Column{{Name: "metric", Left: true}, {Name: "median"}, {Name: "could see"}}, Rows: [][]Cell{Plain("p50", "1.00 ms", "5.0 %"), Plain("p99", "2.00 ms", "8.0 %")}}
	for _, c := range []struct {
		s     Section
		width int
		want  string
	}{
		{stages, 55, `
stage  load              msg/s  queue grew      waiting
───────────────────────────────────────────────────────
    1  0 to 1,000 msg/s    500  –                     0
    2  60,000 msg/s      7,166  from 5.00 s on  105,669
`},
		{stages, 52, `
stage  load          msg/s  queue grew      waiting
───────────────────────────────────────────────────
    1  0 to            500  –                     0
       1,000 msg/s
    2  60,000 msg/s  7,166  from 5.00 s on  105,669
`},
		{names, 26, `
metric   median  could see
──────────────────────────
p50     1.00 ms      5.0 %
p99     2.00 ms      8.0 %
`},
		{names, 25, `
metric   median  could
                   see
──────────────────────
p50     1.00 ms  5.0 %
p99     2.00 ms  8.0 %
`},
	} {
		c.s.Untitled = true
		if got := drawnText(t, Report{Sections: []Section{c.s}}, Terminal{Width: c.width}); got != c.want {
			t.Errorf("at %d columns it is\n%s\nwant\n%s", c.width, got, c.want)
		}
	}
}

// Where two parts are needed, none has its first column and one more.
func TestNoPartHasAColumnAlone(t *testing.T) {
	s := Section{Title: "Times", Columns: append([]Column{{Name: "flow", Left: true}}, Numbers("p50", "p90", "p99", "p99.9", "max")...)}
	for _, name := range []string{"1", "2"} {
		s.Rows = append(s.Rows, Plain("flow-"+name, name+".00 ms", name+".10 ms", name+".20 ms", name+".30 ms", name+".40 ms"))
	}
	for width := 36; width < s.width(); width++ {
		got := drawnText(t, Report{Sections: []Section{s}}, Terminal{Width: width})
		for part := range strings.SplitSeq(got, "\nflow ") {
			if name, _, _ := strings.Cut(part, "\n"); strings.HasSuffix(name, "max") && len(strings.Fields(name)) < 2 {
				t.Errorf("at %d columns the last stands alone:\n%s", width, got)
			}
		}
	}
}
