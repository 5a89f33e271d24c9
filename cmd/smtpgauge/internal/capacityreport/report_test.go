package capacityreport

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// hostileReport is the report of a search whose server is hostile.
func hostileReport() *capacity.Report {
	r := &capacity.Report{
		Format: capacity.Format, Name: "relay<script>", Target: []string{"a at 127.0.0.1:25"}, SLO: []string{"message.response.p99 < 250ms", "errors < 1%", "message.response.p90 < 200ms", "connect.p95 < 1s"},
		Verdict:  criteria.Conclusion{Word: criteria.Pass, Reason: "it carries 700 messages/s (690 to 710)"},
		Capacity: capacity.Figure{Best: 700, Low: 690, High: 710}, LimitedBy: capacity.ByServer, Why: "the queue grew", Machine: "the 2 cores of this machine were used up", Loaded: 4 * time.Minute,
	}
	for i, rate := range []float64{100, 200, 400, 800, 1600, 690, 720} {
		t := capacity.TrialReport{Rate: rate, Achieved: min(rate, 700), Outcome: capacity.Pass, Stage: capacity.Doubling, Seconds: 4, Response: &capacity.Response{P50: time.Millisecond, P99: time.Duration(i+2) * time.Millisecond}}
		if rate > 700 {
			t.CutOff = 97
			t.AtGoals = []capacity.AtGoal{{Goal: "message.response.p90 < 200ms", Time: 321 * time.Millisecond}, {Goal: "connect.p95 < 1s", Time: 45 * time.Millisecond}}
			t.Outcome, t.Why = capacity.Fail, strings.Repeat("421 go away\x1b[31m <b>now</b> ", 20)
		}
		r.Trials = append(r.Trials, t)
	}
	return r
}

func written(t *testing.T, format string, columns int) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, hostileReport(), format, Options{Columns: columns, File: "my search.jsonl"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Errorf("%s has a control character of the server", format)
	}
	return b.String()
}

func TestTableFitsAScreen(t *testing.T) {
	for columns, width := range map[int]int{0: mostColumns, 200: mostColumns, 80: 80, 20: leastColumns} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) { checkTable(t, written(t, "table", columns), width) })
	}
}

// checkTable holds a table of hostileReport against a width.
func checkTable(t *testing.T, table string, width int) {
	lines := strings.Split(strings.TrimRight(table, "\n"), "\n")
	want := hostileReport().Verdict.String()
	if lines[0] != want || lines[len(lines)-1] != want {
		t.Errorf("the answer is not first and last: %q, %q", lines[0], lines[len(lines)-1])
	}
	if !strings.Contains(strings.Join(lines, "\n"), "\nmachine: the 2 cores of this machine were used up") {
		t.Error("nothing is said of the machine that server and generator share")
	}
	for _, want := range []string{"p90 ", " 321 ms ", "; 97 cut off at its end", "more: smtpgauge show 'my search.jsonl' --all"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q", want)
		}
	}
	if len(lines) > 30 {
		t.Errorf("%d lines for seven trials", len(lines))
	}
	last := 0.0
	for _, line := range lines {
		if n := len([]rune(line)); n > width {
			t.Errorf("%d columns: %s", n, line)
		}
		var rate float64
		if fields := strings.Fields(line); !strings.HasPrefix(line, reasonIndent) && len(fields) > 6 && json.Unmarshal([]byte(strings.ReplaceAll(fields[0], ",", "")), &rate) == nil {
			if rate < last {
				t.Errorf("%v/s comes after %v/s", rate, last)
			}
			last = rate
		}
	}
	if last != 1600 {
		t.Errorf("the last trial is at %v/s", last)
	}
}

func TestAllOfAReason(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, hostileReport(), "table", Options{Columns: 80, All: true}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "421"); got != 3*20 {
		t.Errorf("%d of 60 sentences of the server are there", got)
	}
	if strings.Contains(b.String(), " …") {
		t.Error("a reason is cut")
	}
}

func TestJSONIsWhole(t *testing.T) {
	var r capacity.Report
	if err := json.Unmarshal([]byte(written(t, "json", 0)), &r); err != nil {
		t.Fatal(err)
	}
	if r.Capacity.Low != 690 || len(r.Trials) != 7 {
		t.Errorf("read back %+v", r.Capacity)
	}
}

// The line of the limit says what ended a search, whatever that was, and what it lacked.
func TestLimit(t *testing.T) {
	gone := &capacity.Gone{Flows: []string{"a"}, Error: "refused at connect: connection refused"}
	for _, c := range []struct {
		report capacity.Report
		want   string // "" if there is no such line
	}{
		{capacity.Report{LimitedBy: capacity.ByServer, Why: "the queue grew"}, "limit: the server: the queue grew"},
		{capacity.Report{LimitedBy: capacity.ByGenerator, Why: "arrivals began late"}, "limit: the generator: arrivals began late"},
		{capacity.Report{LimitedBy: capacity.ByMachine, Why: "others used 1.2 cores"}, "limit: the machine: others used 1.2 cores"},
		{capacity.Report{LimitedBy: capacity.ByBudget, Why: "the queue grew"}, "limit: the budget: the queue grew"},
		{capacity.Report{LimitedBy: capacity.ByTrials, Why: "260 are too few to tell; use --trial 10s"}, "limit: the length of the trials: 260 are too few to tell; use --trial 10s"},
		{capacity.Report{LimitedBy: capacity.ByMaximum}, ""},
		{capacity.Report{LimitedBy: capacity.ByGone, Why: "no session got an answer", Gone: gone}, ""},
		{capacity.Report{LimitedBy: capacity.ByServer, Why: "the queue grew", SessionsUsedUp: true}, "limit: the load's own limit of sessions (sessions-used-up), not shown to be the server: the queue grew"},
		{capacity.Report{LimitedBy: capacity.ByBudget, Why: "the queue grew", SessionsUsedUp: true}, "limit: the budget, and the load's own limit of sessions (sessions-used-up): the queue grew"},
		{capacity.Report{LimitedBy: capacity.ByMaximum, SessionsUsedUp: true}, "limit: the maximum, and the load's own limit of sessions (sessions-used-up)"},
	} {
		got := ""
		for _, line := range notes(&c.report) {
			if strings.HasPrefix(line, "limit: ") {
				got = line
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.report.LimitedBy, got, c.want)
		}
	}
}

// The range by then says nothing beside a trial without an answer.
func TestTrialLine(t *testing.T) {
	so := capacity.Range{Low: 400, Best: 500, High: 600}
	for outcome, want := range map[capacity.Outcome]string{
		capacity.Fail:       "trial 3: 500/s for 0 s: fail: why; so far 400 to 600/s",
		capacity.Unanswered: "trial 3: 500/s for 0 s: unanswered: why",
	} {
		if got := TrialLine(3, &capacity.Trial{Rate: 500, Outcome: outcome, Why: "why"}, so); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	first := &capacity.Trial{Rate: 10, Stage: capacity.Doubling, Outcome: capacity.Undecided, Why: "30 are too few"}
	first.P99 = 12 * time.Millisecond
	if got, want := TrialLine(1, first, capacity.Range{}), "trial 1: 10.0/s for 0 s: nothing against it, going on, p99 12.0 ms"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
