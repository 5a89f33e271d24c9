package table

import (
	"bytes"
	"strings"
	"testing"
)

func drawnText(t *testing.T, r Report, o Terminal) string {
	t.Helper()
	var b bytes.Buffer
	if err := Draw(&b, r, o); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(b.String(), "\n"); lines != Height(r, o) {
		t.Errorf("%d lines are drawn, and the height is %d", lines, Height(r, o))
	}
	return b.String()
}

var judged = Report{
	Verdict: Verdict{"FAILED", "the server said no; and it said so again and again, until nobody asked any more", Alarm},
	Head:    []string{"nightly"},
	Sections: []Section{{
		Title: "Flows", Untitled: true,
		Columns: append([]Column{{Name: "flow", Left: true}}, Column{Name: "p50"}, Column{Name: "p99.9", Spare: 1}, Column{Name: "max", Spare: 2}),
		Rows:    [][]Cell{Plain("relay", "1.00 ms", "2.00 ms", "3.00 ms")},
	}},
	More: "more: elsewhere",
}

func TestVerdictIsTheFirstWordAndTheLastLine(t *testing.T) {
	const want = `FAILED: the server said no; and it said
  so again and again, until nobody asked
  any more
nightly

flow       p50    p99.9      max
────────────────────────────────
relay  1.00 ms  2.00 ms  3.00 ms

more: elsewhere
FAILED: the server said no
`
	if got := drawnText(t, judged, Terminal{Width: 40}); got != want {
		t.Errorf("got\n%s", got)
	}
	var b bytes.Buffer
	if err := Markdown(&b, judged); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.HasPrefix(text, "## FAILED: the server") || !strings.HasSuffix(text, "\n**FAILED: the server said no; and it said so again and again, until nobody asked any more**\n") {
		t.Errorf("in Markdown\n%s", text)
	}
}

func TestOnlyTheWordIsColoured(t *testing.T) {
	plain := drawnText(t, judged, Terminal{Width: 40})
	for tone, code := range map[Tone]string{Calm: "", Good: "\x1b[32m", Doubt: "\x1b[33m", Alarm: "\x1b[31m"} {
		r := judged
		r.Verdict.Tone = tone
		got := drawnText(t, r, Terminal{Width: 40, Color: true})
		want := plain
		if code != "" {
			want = strings.ReplaceAll(plain, "FAILED", code+"FAILED\x1b[0m")
		}
		if got != want {
			t.Errorf("tone %d:\n%q, want\n%q", tone, got, want)
		}
	}
}

func TestSpareColumnsGoFirst(t *testing.T) {
	for width, header := range map[int]string{
		32: "flow       p50    p99.9      max", 31: "flow       p50    p99.9", 23: "flow       p50    p99.9", 22: "flow       p50",
	} {
		if got := drawnText(t, judged, Terminal{Width: width}); !strings.Contains(got, "\n"+header+"\n") {
			t.Errorf("at %d columns there is no %q in\n%s", width, header, got)
		}
	}
}

func TestLongWordsAreBroken(t *testing.T) {
	r := Report{Head: []string{"short " + strings.Repeat("x", 25)}}
	const want = "short\n  xxxxxxxx\n  xxxxxxxx\n  xxxxxxxx\n  x\n"
	if got := drawnText(t, r, Terminal{Width: 10}); got != want {
		t.Errorf("got %q", got)
	}
}
