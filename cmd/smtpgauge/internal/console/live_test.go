package console

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// played plays what a display writes on a terminal of unlimited width.
func played(written string) []string {
	rows, at, column := []string{""}, 0, 0
	for i := 0; i < len(written); {
		rest := written[i:]
		var n int
		switch {
		case strings.HasPrefix(rest, clearBelow):
			rows[at] = rows[at][:min(len(rows[at]), column)]
			rows, i = rows[:at+1:at+1], i+len(clearBelow)
		case strings.HasPrefix(rest, clearRight):
			rows[at], i = rows[at][:column], i+len(clearRight)
		case strings.HasPrefix(rest, "\x1b["):
			if _, err := fmt.Sscanf(rest, "\x1b[%dA", &n); err != nil {
				panic("unknown sequence " + rest)
			}
			at, i = at-n, i+strings.IndexByte(rest, 'A')+1
		case rest[0] == '\r':
			column, i = 0, i+1
		case rest[0] == '\n':
			at, column, i = at+1, 0, i+1
			if at == len(rows) {
				rows = append(rows, "")
			}
		default:
			rows[at] = rows[at][:column] + rest[:1] + rows[at][min(len(rows[at]), column+1):]
			column, i = column+1, i+1
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
		return played(out.String())
	}
	p := someProgress(time.Second)
	l.Show(p)
	l.Flush()
	p = someProgress(2 * time.Second)
	l.Show(p)
	if got, want := said(""), drawnOn(p, 79); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("on the screen %q, want %q", got, want)
	}
	if got, want := said("draining\n"), append([]string{"draining"}, drawnOn(p, 79)...); strings.Join(got, "\n") != strings.Join(want, "\n") {
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
	if got := played(out.String()); len(got) != 2 {
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

// After the terminal has become narrower, the old lines take more rows, and none of them
// is left behind.
func TestLiveFollowsTheTerminalsSize(t *testing.T) {
	var out bytes.Buffer
	l := aTerminal(&out, 80, 24)
	p := someProgress(time.Second)
	l.Show(p)
	l.Flush()
	rows := 0
	for _, line := range drawnOn(p, 79) {
		rows += (utf8.RuneCountInString(line) + 39) / 40
	}
	out.Reset()
	l.size = func() (int, int) { return 40, 24 }
	l.Show(p)
	l.Flush()
	if want := fmt.Sprintf("\x1b[%dA\r", rows); !strings.HasPrefix(out.String(), want) {
		t.Errorf("the display begins with %.10q, want %q", out.String(), want)
	}
	for _, line := range played(strings.TrimPrefix(out.String(), fmt.Sprintf("\x1b[%dA\r", rows))) {
		if n := utf8.RuneCountInString(line); n > 39 {
			t.Errorf("%d columns on a terminal of 40: %q", n, line)
		}
	}
}

// The lines are drawn over the old ones: nothing is cleared before there is something to
// take its place.
func TestLiveDoesNotFlicker(t *testing.T) {
	var out bytes.Buffer
	l := aTerminal(&out, 80, 24)
	for s := range 2 {
		out.Reset()
		l.Show(someProgress(time.Duration(s) * time.Second))
		l.Flush()
	}
	if text := out.String(); strings.Count(text, clearBelow) != 1 || !strings.HasSuffix(text, clearBelow) {
		t.Errorf("written: %q", text)
	}
}

func TestColoursAreLeftOutIfNotWanted(t *testing.T) {
	for _, colour := range []bool{true, false} {
		var out bytes.Buffer
		l := aTerminal(&out, 80, 24)
		l.colour = colour
		l.Show(someProgress(time.Second))
		l.Flush()
		if got := strings.Contains(out.String(), "m"+"errors: timeout 13,"); got != colour {
			t.Errorf("with colours %v: %q", colour, out.String())
		}
	}
}

// A turn names the run, and its log begins anew.
func TestTurnsAreNamed(t *testing.T) {
	var out bytes.Buffer
	l := NewLive(New(&out), LiveOptions{})
	for _, turn := range []string{"turn 1, side a", "turn 2 of 2, side b"} {
		l.Turn(turn)
		l.Show(someProgress(5 * time.Second))
		l.Flush()
		if !strings.Contains(out.String(), turn) {
			t.Errorf("%s is missing:\n%s", turn, out.String())
		}
	}
}

func TestReportsBreakBetweenWords(t *testing.T) {
	var out bytes.Buffer
	l := aTerminal(&out, 30, 24)
	l.Report("trial 1: 40.0/s for 4 s: undecided: 159 are too few")
	l.Flush()
	if got, want := played(out.String()), []string{"trial 1: 40.0/s for 4 s:", "  undecided: 159 are too few"}; !slices.Equal(got, want) {
		t.Errorf("a terminal of 30 columns shows %q, want %q", got, want)
	}
}
