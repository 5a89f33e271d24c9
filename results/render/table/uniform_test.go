package table

import (
	"bytes"
	"strings"
	"testing"
)

// A column that says the same in all rows gives way before a table is split.
func TestUniformColumnGivesWay(t *testing.T) {
	s := Section{Title: "Agents", Columns: []Column{{Name: "agent", Left: true}, {Name: "host", Left: true}, {Name: "p50"}, {Name: "waiting"}}}
	for _, name := range []string{"1", "2"} {
		s.Rows = append(s.Rows, Plain("a"+name, "a-machine-with-a-long-name", "2.00 ms", "0"))
	}
	for width, want := range map[int]string{80: "a-machine-with-a-long-name  2.00", 40: "host: a-machine-with-a-long-name in"} {
		var out bytes.Buffer
		if err := Draw(&out, Report{Sections: []Section{s}}, Terminal{Width: width}); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, want) || strings.Contains(text, "continued") {
			t.Errorf("at %d columns:\n%s", width, text)
		}
	}
	s.Rows[1][1].Text = "another"
	if i := s.uniform(); i != 3 {
		t.Errorf("column %d gave way, and not that of zeros", i)
	}
	s.Rows[1][3].Text = "3"
	if i := s.uniform(); i != 0 {
		t.Errorf("column %d gave way, and has different cells", i)
	}
}

// Counts that are not zero are told if the table has no room for their column.
func TestCountsAreTold(t *testing.T) {
	s := Section{Columns: []Column{{Name: "flow", Left: true}, {Name: "accepted"}, {Name: "failed", Spare: 1, Told: true}}, Rows: [][]Cell{Plain("inbound", "21,478", "17"), Plain("other", "3", "0")}}
	for width, want := range map[int]string{40: "accepted  failed", 20: "also failed in"} {
		var out bytes.Buffer
		if err := Draw(&out, Report{Sections: []Section{s}}, Terminal{Width: width}); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, want) {
			t.Errorf("at %d columns:\n%s", width, text)
		}
	}
}
