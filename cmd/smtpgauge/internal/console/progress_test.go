package console

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func someProgress(elapsed time.Duration) Progress {
	return Progress{
		name: "ports", elapsed: elapsed, planned: time.Minute,
		flows: []flowProgress{
			{name: "relay-25", open: 50, accepted: 998.4, p50: 1234567, p99: 45 * time.Millisecond, measured: true,
				errors: []classCount{{"busy", 2}, {"timeout", 13}}},
			{name: "submit-587", open: 7, arrivals: true, due: 100, begun: 99.5},
			{name: "later", waiting: true},
		},
	}
}

func TestProgressOnATerminal(t *testing.T) {
	p := someProgress(12 * time.Second)
	want := strings.Join([]string{
		"ports  12s, 48s to go  57 sessions open",
		"flow         open   due/s begun/s   msg/s      p50      p99  errors",
		"relay-25       50                     998  1.23 ms  45.0 ms  timeout 13, busy 2",
		"submit-587      7     100    99.5       0        –        –  none",
		"later       waits for its turn",
	}, "\n")
	if got := strings.Join(p.lines(200), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, width := range []int{1, 2, 20, 40, 79} {
		for _, line := range p.lines(width) {
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("%d columns for a width of %d: %q", n, width, line)
			}
		}
	}
}

// The longest names, rates and times leave room for an error on 80 columns.
func TestProgressFitsEightyColumns(t *testing.T) {
	p := Progress{flows: []flowProgress{{
		name: "a-name-that-is-cut-off", open: 999_999, arrivals: true, due: 99_999, begun: 99_999, accepted: 99_999,
		p50: 59 * time.Minute, p99: 59 * time.Minute, measured: true, errors: []classCount{{"busy", 2}},
	}}}
	const want = "a-name-that-is-cut-… 999999  99,999  99,999  99,999 59.0 min 59.0 min  busy 2"
	if got := p.lines(79)[2]; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProgressInALog(t *testing.T) {
	p := someProgress(12 * time.Second)
	want := "12s, 48s to go; relay-25: 50 open, 998/s accepted, p50 1.23 ms, p99 45.0 ms, errors: timeout 13, busy 2; " +
		"submit-587: 7 open, 100/s due, 99.5/s begun, 0/s accepted, p50 –, p99 –, errors: none"
	if got := p.line(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProgressSaysHowFarItIs(t *testing.T) {
	for want, p := range map[string]Progress{
		"3s":             {elapsed: 3 * time.Second},
		"3s, 7s to go":   {elapsed: 3 * time.Second, planned: 10 * time.Second},
		"11s, finishing": {elapsed: 11 * time.Second, planned: 10 * time.Second},
		"3s, draining":   {elapsed: 3 * time.Second, planned: 10 * time.Second, Draining: true},
	} {
		if got := p.clock(); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

// screen plays what a display writes on a terminal of unlimited width.
func screen(written string) []string {
	rows, at := []string{""}, 0
	for i := 0; i < len(written); {
		rest := written[i:]
		var n int
		switch {
		case strings.HasPrefix(rest, "\x1b[J"):
			rows, i = append(rows[:at:at], ""), i+3
		case strings.HasPrefix(rest, "\x1b["):
			if _, err := fmt.Sscanf(rest, "\x1b[%dA", &n); err != nil {
				panic("unknown sequence " + rest)
			}
			at, i = at-n, i+strings.IndexByte(rest, 'A')+1
		case rest[0] == '\r':
			i++
		case rest[0] == '\n':
			at, i = at+1, i+1
			if at == len(rows) {
				rows = append(rows, "")
			}
		default:
			rows[at] += rest[:1]
			i++
		}
	}
	return rows[:len(rows)-1]
}

// aTerminal is a live display on a terminal of a size.
func aTerminal(out *bytes.Buffer, width, height int) *Live {
	c := New(out)
	c.size = func() (int, int) { return width, height }
	return NewLive(c, LiveOptions{})
}

func TestLiveRedrawsInPlace(t *testing.T) {
	var out bytes.Buffer
	l := aTerminal(&out, 80, 24)
	said := func(text string) []string {
		fmt.Fprint(l, text)
		l.Flush()
		return screen(out.String())
	}
	p := someProgress(time.Second)
	l.Show(p)
	l.Flush()
	p = someProgress(2 * time.Second)
	l.Show(p)
	if got, want := said(""), p.lines(79); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("on the screen %q, want %q", got, want)
	}
	if got, want := said("draining\n"), append([]string{"draining"}, p.lines(79)...); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("with a message %q, want %q", got, want)
	}
	l.End()
	if got := said(""); len(got) != 1 || got[0] != "draining" {
		t.Errorf("left behind: %q", got)
	}
	l.Show(p)
	if got := said("after\n"); len(got) != 2 || got[1] != "after" {
		t.Errorf("written after the end: %q", got)
	}
}

func TestLiveFitsTheScreen(t *testing.T) {
	var out bytes.Buffer
	l := aTerminal(&out, 30, 3)
	for s := range 2 {
		l.Show(someProgress(time.Duration(s) * time.Second))
		l.Flush()
	}
	if got := screen(out.String()); len(got) != 2 {
		t.Errorf("%d lines on a screen of 3, want 2: %q", len(got), got)
	}
}

func TestLiveLogsEveryFiveSeconds(t *testing.T) {
	for quiet, want := range map[bool]int{false: 2, true: 0} {
		var out bytes.Buffer
		l := NewLive(New(&out), LiveOptions{Quiet: quiet})
		for s := range 11 {
			l.Show(someProgress(time.Duration(s)*time.Second + 700*time.Microsecond))
			l.Flush()
		}
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("quiet %v: %d lines in 10 s, want %d:\n%s", quiet, got, want, out.String())
		}
	}
}
