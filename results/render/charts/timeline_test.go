package charts

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

const ms = time.Millisecond

// A part of a run in which one flow accepts and rejects so many messages.
type spell struct {
	series             sample.Series
	from, to           time.Duration
	accepted, rejected int
	due                int64 // since the run began
}

// runOf is a run of plan with a tick at the end of each spell, and windows.
func runOf(t *testing.T, plan *loadgen.Plan, spells []spell, windows map[sample.Series][2]time.Duration) *record.Run {
	t.Helper()
	n := len(plan.Flows)
	h := madeup.Header(plan)
	_, file := madeup.Recorded(t, h, plan, spells[len(spells)-1].to, func(r sample.Recorder) {
		for s, w := range windows {
			r.Window(s, samples.At(w[0]), samples.At(w[1]))
		}
		for i, sp := range spells {
			for range sp.accepted {
				r.Message(sp.series, sample.Accepted, sp.series.Stage, 1, 0)
				r.Service(sp.series, sample.SpanMessage, ms)
				r.Response(sp.series, sample.SpanMessage, ms)
			}
			for range sp.rejected {
				r.Failure(sp.series, &sample.Failure{Phase: sample.Rcpt, Class: sample.RelayDenied, Text: "no"})
				r.Message(sp.series, sample.Rejected, sp.series.Stage, 0, 1)
			}
			tick := sample.Tick{From: samples.At(sp.from), To: samples.At(sp.to), Open: make([]int, n), Peak: make([]int, n), Due: make([]int64, n), Begun: make([]int64, n)}
			tick.Open[sp.series.Flow], tick.Due[sp.series.Flow], tick.Last = 1, sp.due, i == len(spells)-1
			r.Tick(tick)
		}
	})
	run, err := record.ReadCourse(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

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
	var spells []spell
	windows := map[sample.Series][2]time.Duration{}
	turn := func(flow, round int, from, to float64) {
		windows[steady(flow, round)] = [2]time.Duration{at(from), at(to)}
		windows[sample.Series{Flow: flow, Round: round, Stage: sample.Drain}] = [2]time.Duration{at(to), at(to)}
	}
	second := func(n float64, flow, round, accepted int) {
		spells = append(spells, spell{series: steady(flow, round), from: at(n), to: at(n + 1), accepted: accepted})
	}
	turn(0, 0, 0, 2.4)
	turn(1, 0, 2.9, 4.9)
	turn(0, 1, 5, 7.4)
	turn(1, 1, 7.9, 9.9)
	for n, flow := range []int{0, 0, 0, 1, 1, 0, 0, 0, 1, 1} {
		second(float64(n), flow, n/5, 100)
	}
	line := timeline(t, runOf(t, plan, spells, windows))
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
	spells := []spell{
		{series: steady(0, 0), from: 0, to: time.Second, rejected: 10},
		{series: steady(0, 0), from: time.Second, to: 2 * time.Second, rejected: 20},
		{series: steady(0, 0), from: 2 * time.Second, to: 2300 * ms, rejected: 900},
	}
	line := timeline(t, runOf(t, closed("a"), spells, map[sample.Series][2]time.Duration{steady(0, 0): {0, 2300 * ms}}))
	count := line.Errors.Series[0].Count
	if len(count) != 2 || count[0] != 10 || math.Abs(count[1]-920/1.3) > 0.01 {
		t.Errorf("errors a second are %v, want 10 and 920 in 1.3 s", count)
	}
	if line.DrawsRate() || line.DrawsLatency() || !line.DrawsOpen() {
		t.Error("a rate or a latency is drawn of nothing")
	}

	line = timeline(t, runOf(t, closed("a"), []spell{{series: steady(0, 0), to: 100 * ms, rejected: 7}}, nil))
	if count := line.Errors.Series[0].Count; len(count) != 1 || count[0] != 7 {
		t.Errorf("errors of a tenth of a second are %v, want their count", count)
	}
}

func TestOfferedRateStagesAndTheEnd(t *testing.T) {
	plan := &loadgen.Plan{Name: "open", Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "a", Load: loadgen.Load{
		Unit: loadgen.Messages, Stages: []pace.Stage{{For: 2 * time.Second, From: 0, To: 40}, {For: time.Hour, From: 1250, To: 1250}},
	}}}}
	spells := []spell{
		{series: steady(0, 0), from: 0, to: time.Second, accepted: 9, due: 10},
		{series: steady(0, 0), from: time.Second, to: 2 * time.Second, accepted: 31, due: 40},
		{series: steady(0, 0), from: 2 * time.Second, to: 3 * time.Second, accepted: 500, due: 1290},
		{series: steady(0, 0), from: 3 * time.Second, to: 3400 * ms, accepted: 200, due: 1290},
	}
	run := runOf(t, plan, spells, map[sample.Series][2]time.Duration{
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
	spells := []spell{{series: steady(0, 0), to: 400 * ms, accepted: 40}}
	line := timeline(t, runOf(t, closed("a"), spells, map[sample.Series][2]time.Duration{steady(0, 0): {0, 400 * ms}}))
	if f := line.Flows[0]; len(line.At) != 1 || f.Rate[0] != 100 || math.IsNaN(f.P50[0]) || line.Length != 0.4 {
		t.Errorf("%+v", line)
	}
}
