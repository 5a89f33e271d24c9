package console

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/live"
)

// someProgress is the second round of two flows together, one of them in stages, with a
// minute planned.
func someProgress(elapsed time.Duration) Progress {
	return Progress{Standing: &live.Standing{
		Name: "ports", Elapsed: elapsed, Rounds: 3, Round: 2,
		Remains: live.Remains{Done: elapsed.Minutes(), Left: time.Minute - elapsed, Kind: live.Planned},
		Flows: []live.Flow{
			{
				Name: "relay-25", State: live.UnderWay, Open: 50, Accepted: 998.4, P50: 1234567, P99: 45 * time.Millisecond, Measured: true,
				Total: 12345, Errors: []live.ClassCount{{Class: "timeout", Count: 13}, {Class: "busy", Count: 2}},
			},
			{
				Name: "submit-587", State: live.UnderWay, Open: 7, OpenLoad: true, Begun: 99.5, Offered: 100, OffersNumber: true, Accepted: 40,
				Stage: live.Stage{Number: 2, Of: 3, From: 100, To: 100, Unit: loadgen.Messages},
			},
		},
	}}
}

// inTurn is a run in which the second of three flows has its turn.
func inTurn() Progress {
	p := someProgress(12 * time.Second)
	first, second := p.Flows[0], p.Flows[1]
	first.State = live.Done
	p.Flows = []live.Flow{first, second, {Name: "later", State: live.Waiting}, {Name: "last", State: live.Waiting}}
	return p
}

// drawnOn are the lines of a display of a width, without colours.
func drawnOn(p Progress, width int) []string { return drawnIn(p, width, 23) }

func drawnIn(p Progress, width, height int) (lines []string) {
	for _, l := range p.screen(width, height) {
		shown, _ := l.render(width, false)
		lines = append(lines, shown)
	}
	return lines
}

func TestProgressAtThreeWidths(t *testing.T) {
	for _, test := range []struct {
		width int
		p     Progress
		want  string
	}{
		{59, someProgress(12 * time.Second), `
ports  ███░░░░░░░░░░░  12 s of 1 min, 48 s left
round 2 of 3   57 sessions open
flow       offered/s accepted/s      p50      p99   open
relay-25                    998  1.23 ms  45.0 ms     50
  errors: timeout 13, busy 2
submit-587       100       40.0        –        –      7`},
		{79, someProgress(12 * time.Second), `
ports  ████░░░░░░░░░░░░░░░  12 s of 1 min, 48 s left   round 2 of 3
flow       stage offered/s begun/s accepted/s      p50      p99   open
relay-25                                  998  1.23 ms  45.0 ms     50
  errors: timeout 13, busy 2
submit-587   2/3       100    99.5       40.0        –        –      7`},
		{159, someProgress(12 * time.Second), `
ports  ████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  12 s of 1 min, 48 s left   round 2 of 3   57 sessions open
flow       stage offered/s begun/s accepted/s of offered      p50      p99   open   accepted  errors
relay-25                                  998             1.23 ms  45.0 ms     50     12,345  timeout 13, busy 2
submit-587   2/3       100    99.5       40.0 ■■■■······        –        –      7          0  none`},
		{59, inTurn(), `
ports  ███░░░░░░░░░░░  12 s of 1 min, 48 s left
round 2 of 3   stage 2 of 3: 100 messages/s
flow       offered/s accepted/s      p50      p99   open
submit-587       100       40.0        –        –      7
done: relay-25 (timeout 13, busy 2)
waiting: later, last`},
		{79, inTurn(), `
ports  ████░░░░░░░░░░░░░░░  12 s of 1 min, 48 s left   round 2 of 3
stage 2 of 3: 100 messages/s   57 sessions open
flow       offered/s begun/s accepted/s      p50      p99   open   accepted
submit-587       100    99.5       40.0        –        –      7          0
done: relay-25 (timeout 13, busy 2)
waiting: later, last`},
	} {
		if got := strings.Join(drawnOn(test.p, test.width), "\n"); got != strings.TrimPrefix(test.want, "\n") {
			t.Errorf("%d columns: got\n%s\nwant%s", test.width, got, test.want)
		}
	}
}

// However narrow it is, errors stay, and nothing is wider than the terminal.
func TestErrorsAreTheLastToGo(t *testing.T) {
	for width := 1; width < 200; width++ {
		for _, p := range []Progress{someProgress(12 * time.Second), inTurn()} {
			lines := drawnOn(p, width)
			for _, l := range lines {
				if n := utf8.RuneCountInString(l); n > width {
					t.Errorf("%d columns for a width of %d: %q", n, width, l)
				}
			}
			all := strings.Join(lines, " ")
			if width >= 30 && (!strings.Contains(all, "timeout 13") || !strings.Contains(all, "busy 2")) {
				t.Errorf("errors are missing at a width of %d:\n%s", width, strings.Join(lines, "\n"))
			}
		}
	}
}

// Many errors go to several lines, and stay whole.
func TestErrorsWrap(t *testing.T) {
	p := someProgress(time.Second)
	for _, class := range []string{"recipient-unknown", "tls-certificate", "connect-timeout", "starttls-missing", "relay-denied"} {
		p.Flows[0].Errors = append(p.Flows[0].Errors, live.ClassCount{Class: class, Count: 1234567})
	}
	for _, width := range []int{59, 79, 159} {
		all := strings.Join(drawnOn(p, width), "\n")
		for _, e := range p.Flows[0].Errors {
			if !strings.Contains(all, live.ErrorText([]live.ClassCount{e})) {
				t.Errorf("%s is missing at %d columns:\n%s", e.Class, width, all)
			}
		}
	}
}

// More flows than the screen has lines are added up, with their errors.
func TestManyFlowsAreAddedUp(t *testing.T) {
	p := someProgress(time.Second)
	p.Flows = nil
	for i := range 100 {
		p.Flows = append(p.Flows, live.Flow{Name: fmt.Sprint("flow-", i), State: live.UnderWay, Accepted: 10})
	}
	p.Flows[99].Errors = []live.ClassCount{{Class: "busy", Count: 7}}
	lines := drawnOn(p, 79)
	if last := lines[len(lines)-1]; len(lines) != 23 || last != "and 80 more flows: 800/s accepted errors: busy 7" {
		t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	for i := range p.Flows {
		p.Flows[i].State = live.Waiting
	}
	p.Flows[0].State = live.UnderWay
	lines = drawnOn(p, 79)
	if last := lines[len(lines)-1]; last != "waiting: 99 flows errors: busy 7" {
		t.Errorf("of those that wait: %q", last)
	}
}

// The longest names, rates and times keep their columns.
func TestColumnsHoldTheLongestFigures(t *testing.T) {
	p := someProgress(time.Second)
	p.Flows = []live.Flow{{
		Name: "a-name-that-is-cut-off", State: live.UnderWay, Open: 99_999, OpenLoad: true, Begun: 99_999, Offered: 999_999, OffersNumber: true,
		Accepted: 999_999, P50: 59 * time.Minute, P99: 59 * time.Minute, Measured: true, Total: 99_999_999,
	}}
	for _, width := range []int{59, 79, 99, 159} {
		c := p.columns(width)
		if row, header := c.block(&p.Flows[0], width)[0].width(), c.header().width(); row > width || header > width || row < header-len("  errors") {
			t.Errorf("a row of %d columns under a header of %d at a width of %d", row, header, width)
		}
	}
}

func TestProgressInALog(t *testing.T) {
	p := someProgress(12 * time.Second)
	staged := inTurn()
	long := inTurn()
	long.Turn, long.Flows[1].Name = "turn 11 of 12, side b", "a-flow-whose-name-is-as-long-as-the-names-of-flows-may-ever-be-0"
	long.Flows[1].Errors = p.Flows[0].Errors
	for _, test := range []struct {
		p    Progress
		want string
	}{
		{p, "12 s of 1 min, round 2 of 3; accepted: relay-25 998/s; submit-587 40.0 of 100/s; errors: timeout 13, busy 2"},
		{staged, "12 s of 1 min, round 2 of 3, stage 2 of 3: 100 messages/s; accepted: submit-587 40.0 of 100/s, 7 open; no errors"},
		{long, "12 s of 1 min, turn 11 of 12, side b, round 2 of 3, stage 2 of 3; accepted: a-flow-whose-name-i… 40.0 of 100/s; 15 err…"},
	} {
		got := test.p.logLine()
		if got != test.want || utf8.RuneCountInString(got) >= logWidth {
			t.Errorf("got (%d columns)\n%s\nwant\n%s", utf8.RuneCountInString(got), got, test.want)
		}
	}
}
