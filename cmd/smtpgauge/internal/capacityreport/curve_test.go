package capacityreport

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
)

// The lines of the curve leave out trials that tell nothing of the server.
func TestNoLineThroughInvalidTrials(t *testing.T) {
	r := hostileReport()
	for _, outcome := range []capacity.Outcome{capacity.Invalid, capacity.Unanswered} {
		for i := range r.Trials {
			r.Trials[i].Outcome = outcome
		}
		if c := newCurve(r); c.Upper != "" || c.Median != "" || len(c.Marks) == 0 {
			t.Errorf("%s: lines %q and %q, %d marks", outcome, c.Median, c.Upper, len(c.Marks))
		}
	}
}

func TestPageDrawsTheCurve(t *testing.T) {
	page := written(t, "html", 0)
	for _, want := range []string{"<svg", `class="range"`, `<path class="upper" d="M`, `<path class="best" d="M`, "</svg>best guess</li>", `<line class="goal"`, ">p99 &lt; 250ms</text>", "relay&lt;script&gt;", "700 messages/s"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 { // that of the button for light and dark
		t.Errorf("the page has %d scripts", n)
	}
	for _, not := range []string{"<b>", "NaN", "Inf", "ZgotmplZ"} {
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
	r.Trials = append(r.Trials, capacity.TrialReport{Rate: 600, Outcome: capacity.Unanswered})
	if c, want := newCurve(r), "Not drawn: 1 trial without a p99 of the response time, and 1 trial at rates over 980/s, 1.4 times the best guess."; !strings.HasPrefix(c.Beyond, want) {
		t.Errorf("the page says %q, want %q", c.Beyond, want)
	}
	r = hostileReport()
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

// pageOf is the page of a report.
func pageOf(t *testing.T, r *capacity.Report) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, r, "html", Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Of a capacity of which only the lower end is known the page draws that, and no best guess.
func TestPageDrawsAtLeast(t *testing.T) {
	r := hostileReport()
	r.Capacity = capacity.Figure{Best: 690, Low: 690}
	page := pageOf(t, r)
	if strings.Contains(page, "best guess</li>") || strings.Contains(page, `<line class="best"`) || strings.Contains(page, `<rect class="range"`) {
		t.Error("a best guess, or a range, of which nobody knows the end")
	}
	if !strings.Contains(page, "it carries at least this</li>") || !strings.Contains(page, `<line class="least"`) {
		t.Error("the lower end is not drawn")
	}
	r.Capacity = capacity.Figure{}
	if page := pageOf(t, r); strings.Contains(page, `<line class="least"`) || strings.Contains(page, `<line class="best"`) {
		t.Error("a rate is drawn, and none is known")
	}
}

// The goal is drawn in the picture, even if all trials were far from it, and trials are drawn by
// the percentile that it limits.
func TestCurveHasTheGoal(t *testing.T) {
	for name, c := range map[string]struct {
		slo    []string
		flows  int
		goals  []string
		drawn  string
		marked int // trials with that percentile
	}{
		"p99":                  {[]string{"message.response.p99 < 250ms", "errors < 1%"}, 1, []string{"p99 < 250ms"}, "p99", 7},
		"far above":            {[]string{"message.response.p99 < 90s"}, 1, []string{"p99 < 90s"}, "p99", 7},
		"far below":            {[]string{"message.response.p99 < 20us"}, 1, []string{"p99 < 20us"}, "p99", 7},
		"another percentile":   {[]string{"message.response.p90 < 200ms"}, 1, []string{"p90 < 200ms"}, "p90", 3},
		"one that no file has": {[]string{"message.response.p75 < 200ms"}, 1, nil, "p99", 7},
		"the median":           {[]string{"message.response.p99 < 250ms", "message.response.p50 < 20ms"}, 1, []string{"p99 < 250ms", "p50 < 20ms"}, "p99", 7},
		"of several flows":     {[]string{"a.message.response.p99 < 250ms", "b.message.response.p90 < 1s"}, 2, []string{"a.p99 < 250ms"}, "p99", 7},
		"of another time":      {[]string{"message.p99 < 250ms", "connect.p99 < 1s"}, 1, nil, "p99", 7},
		"none":                 {[]string{"nonsense"}, 1, nil, "p99", 7},
	} {
		r := hostileReport()
		r.Capacity, r.SLO = capacity.Figure{}, c.slo
		r.Target = slices.Repeat([]string{"x at 127.0.0.1:25"}, c.flows)
		drawn := newCurve(r)
		if drawn == nil {
			t.Errorf("%s: no curve", name)
			continue
		}
		var goals []string
		for _, g := range drawn.Goals {
			goals = append(goals, g.Text)
			if !(g.Y >= drawn.Top && g.Y <= drawn.Bottom) {
				t.Errorf("%s: the goal is at %v, outside the picture", name, g.Y)
			}
		}
		marked := 0
		for _, m := range drawn.Marks {
			marked += m.trials
		}
		if !slices.Equal(goals, c.goals) || drawn.Percentile != c.drawn || marked != c.marked {
			t.Errorf("%s: goals %q, %s of %d trials; want %q, %s of %d", name, goals, drawn.Percentile, marked, c.goals, c.drawn, c.marked)
		}
	}
}

// No mark hides another one: those of one outcome that are in one place are one, and larger, and
// others differ in shape.
func TestMarksDoNotHideEachOther(t *testing.T) {
	r := hostileReport()
	r.Capacity, r.Trials = capacity.Figure{}, nil
	outcomes := []capacity.Outcome{capacity.Pass, capacity.Fail, capacity.Undecided, capacity.Invalid, capacity.Unanswered}
	for i := range 40 {
		r.Trials = append(r.Trials, capacity.TrialReport{
			Rate: 700 + float64(i%3), Outcome: outcomes[i%len(outcomes)], Response: &capacity.Response{P50: time.Millisecond, P99: 20 * time.Millisecond},
		})
	}
	c := newCurve(r)
	marked, paths := 0, map[string]bool{}
	for i, m := range c.Marks {
		marked += m.trials
		paths[m.Path()] = true
		if strings.Count(m.Title, "\n")+1 != m.trials {
			t.Errorf("a mark of %d trials says %q", m.trials, m.Title)
		}
		for _, o := range c.Marks[:i] {
			if o.Class == m.Class && math.Hypot(o.X-m.X, o.Y-m.Y) < markNear {
				t.Errorf("two marks of %s at %.0f and %.0f", m.Class, o.X, m.X)
			}
		}
	}
	if marked != 40 || len(c.Key) != len(outcomes) || !c.Larger() {
		t.Errorf("%d of 40 trials are marked, and the key has %d outcomes", marked, len(c.Key))
	}
	if last := c.Marks[len(c.Marks)-1]; last.Class != string(capacity.Fail) {
		t.Errorf("the mark on top is a %s", last.Class)
	}
	for _, outcome := range outcomes {
		if !strings.Contains(pageText, ".mark."+string(outcome)) || !slices.Contains(drawnOrder, outcome) {
			t.Errorf("nothing says how a trial that is %s is drawn", outcome)
		}
	}
	if len(paths) != 3 { // a cross, a diamond, and circles
		t.Errorf("%d shapes", len(paths))
	}
}
