package charts

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

const ms = time.Millisecond

func timeline(t *testing.T, r *record.Run) *page.Timeline {
	t.Helper()
	line, err := Timeline(r)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// closed is a plan of closed flows.
func closed(names ...string) *loadgen.Plan {
	p := &loadgen.Plan{Name: "closed", Rounds: 1, Scenario: []byte(`{}`)}
	for _, name := range names {
		p.Flows = append(p.Flows, loadgen.Flow{Name: name, Load: loadgen.Load{Sessions: 1}})
	}
	return p
}

func steady(flow, round int) sample.Series {
	return sample.Series{Flow: flow, Round: round, Stage: sample.Steady}
}

func texts(marks []page.Mark) []string {
	var list []string
	for _, m := range marks {
		list = append(list, m.Text)
	}
	return list
}

// Seconds of the clock are no seconds of a flow whose turn begins between them.
func TestFlowsInTurnHaveTheirOwnTime(t *testing.T) {
	plan := closed("a", "b")
	plan.InTurn, plan.Rounds = true, 2
	at := func(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
	var spells []madeup.Spell
	windows := map[sample.Series][2]time.Duration{}
	turn := func(flow, round int, from, to float64) {
		windows[steady(flow, round)] = [2]time.Duration{at(from), at(to)}
		windows[sample.Series{Flow: flow, Round: round, Stage: sample.Drain}] = [2]time.Duration{at(to), at(to)}
	}
	second := func(n float64, flow, round, accepted int) {
		spells = append(spells, madeup.Spell{Series: steady(flow, round), From: at(n), To: at(n + 1), Accepted: accepted})
	}
	turn(0, 0, 0, 2.4)
	turn(1, 0, 2.9, 4.9)
	turn(0, 1, 5, 7.4)
	turn(1, 1, 7.9, 9.9)
	for n, flow := range []int{0, 0, 0, 1, 1, 0, 0, 0, 1, 1} {
		second(float64(n), flow, n/5, 100)
	}
	line := timeline(t, madeup.FromSpells(t, plan, spells, windows))
	if !line.OwnTime || line.Length < 4.7 || line.Length > 6.1 {
		t.Errorf("own time %t of %v s, want both rounds of one flow", line.OwnTime, line.Length)
	}
	if got := texts(line.Marks); !slices.Equal(got, []string{"round 1", "round 2"}) || line.Marks[0].At != 0 {
		t.Errorf("marks %+v", line.Marks)
	}
	if !slices.IsSorted(line.At) {
		t.Errorf("time goes back: %v", line.At)
	}
	for i, f := range line.Flows {
		if len(f.Rate) != len(line.At) || len(f.P99) != len(line.At) {
			t.Fatalf("flow %d has %d rates for %d points", i, len(f.Rate), len(line.At))
		}
		if math.IsNaN(f.Rate[0]) || math.IsNaN(f.P90[0]) {
			t.Errorf("flow %d has nothing at the beginning of its time: %v", i, f.Rate)
		}
	}
}

// What failed in the last part of a second was no more than what it was.
func TestErrorsAreNotScaledUp(t *testing.T) {
	spells := []madeup.Spell{
		{Series: steady(0, 0), From: 0, To: time.Second, Rejected: 10},
		{Series: steady(0, 0), From: time.Second, To: 2 * time.Second, Rejected: 20},
		{Series: steady(0, 0), From: 2 * time.Second, To: 2300 * ms, Rejected: 900},
	}
	line := timeline(t, madeup.FromSpells(t, closed("a"), spells, map[sample.Series][2]time.Duration{steady(0, 0): {0, 2300 * ms}}))
	count := line.Errors.Series[0].Count
	if len(count) != 2 || count[0] != 10 || math.Abs(count[1]-920/1.3) > 0.01 {
		t.Errorf("errors a second are %v, want 10 and 920 in 1.3 s", count)
	}
	if line.DrawsRate() || line.DrawsLatency() || !line.DrawsOpen() {
		t.Error("a rate or a latency is drawn of nothing")
	}

	line = timeline(t, madeup.FromSpells(t, closed("a"), []madeup.Spell{{Series: steady(0, 0), To: 100 * ms, Rejected: 7}}, nil))
	if count := line.Errors.Series[0].Count; len(count) != 1 || count[0] != 7 {
		t.Errorf("errors of a tenth of a second are %v, want their count", count)
	}
}

func TestOfferedRateStagesAndTheEnd(t *testing.T) {
	plan := &loadgen.Plan{Name: "open", Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "a", Load: loadgen.Load{
		Unit: loadgen.Messages, Stages: []pace.Stage{{For: 2 * time.Second, From: 0, To: 40}, {For: time.Hour, From: 1250, To: 1250}},
	}}}}
	spells := []madeup.Spell{
		{Series: steady(0, 0), From: 0, To: time.Second, Accepted: 9, Due: 10},
		{Series: steady(0, 0), From: time.Second, To: 2 * time.Second, Accepted: 31, Due: 40},
		{Series: steady(0, 0), From: 2 * time.Second, To: 3 * time.Second, Accepted: 500, Due: 1290},
		{Series: steady(0, 0), From: 3 * time.Second, To: 3400 * ms, Accepted: 200, Due: 1290},
	}
	run := madeup.FromSpells(t, plan, spells, map[sample.Series][2]time.Duration{
		steady(0, 0): {0, 3 * time.Second}, {Flow: 0, Round: 0, Stage: sample.Drain}: {3 * time.Second, 3400 * ms},
	})
	run.Closing.Interrupted = true
	line := timeline(t, run)
	if f := line.Flows[0]; !slices.Equal(f.Offered, page.Values{10, 30, 1250}) || f.Rate[0] != 9 || math.Abs(f.Rate[2]-500) > 0.01 {
		t.Errorf("offered %v, accepted %v", f.Offered, f.Rate)
	}
	want := []page.Mark{{At: 0, Text: "0 to 40/s", Kind: page.MarkStage}, {At: 2, Text: "1,250/s", Kind: page.MarkStage}, {At: 3.4, Text: "interrupted", Kind: page.MarkEnd}}
	if !slices.Equal(line.Marks, want) {
		t.Errorf("marks %+v, want %+v", line.Marks, want)
	}
}

// A run of less than a second has a rate, and times.
func TestRunOfAPartOfASecond(t *testing.T) {
	spells := []madeup.Spell{{Series: steady(0, 0), To: 400 * ms, Accepted: 40}}
	line := timeline(t, madeup.FromSpells(t, closed("a"), spells, map[sample.Series][2]time.Duration{steady(0, 0): {0, 400 * ms}}))
	if f := line.Flows[0]; len(line.At) != 1 || f.Rate[0] != 100 || math.IsNaN(f.P50[0]) || line.Length != 0.4 {
		t.Errorf("%+v", line)
	}
}

// Rounds are many, points are not.
func TestTooManyRoundsAreOnTheClock(t *testing.T) {
	plan := closed("a", "b")
	plan.InTurn, plan.Rounds = true, 2000
	var spells []madeup.Spell
	for n := range 4000 {
		spells = append(spells, madeup.Spell{Series: steady(n%2, n/2), From: time.Duration(n) * time.Second, To: time.Duration(n+1) * time.Second, Accepted: 1})
	}
	line := timeline(t, madeup.FromSpells(t, plan, spells, nil))
	if line.OwnTime || len(line.At) > maxColumns || len(line.Marks) > 1 {
		t.Errorf("own time %t, %d points, %d marks", line.OwnTime, len(line.At), len(line.Marks))
	}
}

// What a flow expects is told apart, in its phase alone.
func TestExpectedRejectionsAreNamed(t *testing.T) {
	for phase, want := range map[sample.Phase]string{sample.Rcpt: "relay-denied, expected", sample.Mail: "relay-denied"} {
		run := madeup.FromSpells(t, closed("a"), []madeup.Spell{{Series: steady(0, 0), To: time.Second, Rejected: 3}}, nil)
		run.Header.Flows[0].Expect = sample.Expect([]sample.Class{sample.RelayDenied}, phase)
		if got := timeline(t, run).Errors.Series[0].Class; got != want {
			t.Errorf("expected at %s, the class is %q, want %q", phase, got, want)
		}
	}
}
