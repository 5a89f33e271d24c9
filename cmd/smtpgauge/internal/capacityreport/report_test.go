package capacityreport

import (
	"encoding/json"
	"fmt"
	"slices"
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
	if err := Write(&b, hostileReport(), format, Options{Columns: columns}); err != nil {
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
	for _, want := range []string{"p90 ", " 321 ms ", "; 97 cut off at its end", "show FILE --all"} {
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

// The lines of the curve leave out trials that tell nothing of the server.
func TestNoLineThroughInvalidTrials(t *testing.T) {
	r := hostileReport()
	for i := range r.Trials {
		r.Trials[i].Outcome = capacity.Invalid
	}
	if c := newCurve(r); c.P99 != "" || c.P50 != "" || len(c.Dots) == 0 {
		t.Errorf("lines %q and %q, %d dots", c.P50, c.P99, len(c.Dots))
	}
}

func TestPageDrawsTheCurve(t *testing.T) {
	page := written(t, "html", 0)
	for _, want := range []string{"<svg", `class="range"`, `<path class="p99" d="M`, "relay&lt;script&gt;", "700 messages/s"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, not := range []string{"<script", "<b>", "NaN", "Inf", "ZgotmplZ"} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %s", not)
		}
	}
	// 1,600/s is far above the capacity, and would press the rest together.
	if strings.Contains(page, "1,600/s: p50") {
		t.Error("the curve goes as far as 1,600/s")
	}
	if want := "Not drawn: 1 trial at rates over 980/s, 1.4 times the best guess."; !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
	r := hostileReport()
	r.Trials = slices.DeleteFunc(r.Trials, func(t capacity.TrialReport) bool { return t.Rate > 980 })
	if c := newCurve(r); c.Beyond != "" {
		t.Errorf("all is drawn, and the page says %q", c.Beyond)
	}
}

func TestPageWithoutTrials(t *testing.T) {
	var b strings.Builder
	r := hostileReport()
	r.Trials = nil
	if err := Write(&b, r, "html", Options{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "<svg") {
		t.Error("a curve without a trial")
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
