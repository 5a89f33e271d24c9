package capacity

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// goalOfQueue is the goal of all tests.
var goalOfQueue = Goal{Expr: "message.response.p99 < 250ms", Share: 0.01, Limit: 250 * time.Millisecond, OfMessages: true}

// A limited server keeps all goals up to a rate, and the generator spoils trials from
// another one on.
type limited struct {
	carries, spoiled float64
	refuses          bool // each message
	tried            []float64

	// leaves is the share of its speed that other work on its machine leaves it, from one
	// trial to another; 0 for all.
	leaves           float64
	starvedFrom, fed int
}

func (l *limited) Try(_ context.Context, rate float64, length time.Duration, enough func([]Block) bool) (Measured, error) {
	l.tried = append(l.tried, rate)
	var m Measured
	waiting, carries := 0.0, l.carries
	if n := len(l.tried); l.leaves > 0 && n > l.starvedFrom && n <= l.fed {
		carries *= l.leaves
		m.Starved = "other processes used 1.2 of the server's 2 cores"
	}
	for range int(length.Seconds()) {
		waiting += max(0, rate-carries)
		b := Block{Due: int64(math.Ceil(rate)), Waiting: int64(waiting), Goals: []Count{{N: int64(min(rate, carries))}}}
		if waiting/carries > goalOfQueue.Limit.Seconds() {
			b.Goals[0].Bad = b.Goals[0].N
		}
		if l.refuses {
			b.Goals[0] = Count{b.Due, b.Due}
		}
		if l.spoiled > 0 && rate >= l.spoiled {
			m.Bound = "arrivals began late"
			b.Goals[0].Bad = b.Goals[0].N
		}
		if m.Blocks = append(m.Blocks, b); enough(m.Blocks) {
			break
		}
	}
	m.Took = time.Duration(len(m.Blocks)) * time.Second
	return m, nil
}

func TestWhatEndsASearch(t *testing.T) {
	for _, c := range []struct {
		name   string
		server limited
		plan   Plan
		by     Limit
		low    float64 // at least
	}{
		{"server", limited{carries: 500}, Plan{}, ByServer, 485},
		{"generator", limited{carries: 1e6, spoiled: 5000}, Plan{}, ByGenerator, 2560},
		{"maximum", limited{carries: 500}, Plan{Max: 300}, ByMaximum, 300},
		{"budget, after short trials only", limited{carries: 500}, Plan{Budget: 28 * time.Second}, ByBudget, 0},
		{"budget before anything is shown", limited{carries: 500}, Plan{Max: 10, Budget: 5 * time.Second}, ByBudget, 0},
		{"other work all the time", limited{carries: 500, leaves: 0.5, fed: 1000}, Plan{}, ByMachine, 160},
		{"other work while the range is sharpened, and after it", limited{carries: 500, leaves: 0.5, starvedFrom: 18, fed: 1000}, Plan{}, ByMachine, 400},
		{"other work for a while", limited{carries: 500, leaves: 0.5, starvedFrom: 4, fed: 7}, Plan{}, ByServer, 485},
		{"other work for a while, and later", limited{carries: 500, leaves: 0.5, starvedFrom: 9, fed: 11}, Plan{}, ByServer, 485},
		{"too few messages at the maximum", limited{carries: 500}, Plan{Max: 10, Trial: 5 * time.Second}, ByTrials, 0},
		{"nothing passes", limited{carries: 1e6, refuses: true}, Plan{}, ByServer, 0},
		{"below the first rate", limited{carries: 20}, Plan{From: 100}, ByServer, 18},
	} {
		c.plan.Goals = []Goal{goalOfQueue}
		a, err := Search(t.Context(), &c.server, c.plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.By != c.by || a.Range.Low < c.low || a.Range.Low > c.server.carries || a.Range.High > 0 && a.Range.High < c.server.carries {
			t.Errorf("%s: limited by the %s at %v, want the %s and %v at least", c.name, a.By, a.Range, c.by, c.low)
		}
		for _, rate := range c.server.tried {
			if c.plan.Max > 0 && rate > c.plan.Max {
				t.Errorf("%s: tried %v, over the maximum", c.name, rate)
			}
		}
	}
}

// A trial that is too short to decide is the limit, and not the maximum that it was made at: the
// answer says how long it has to be, and such a trial decides.
func TestTrialsTooShort(t *testing.T) {
	rare := goalOfQueue
	rare.Share = 0.001
	for _, c := range []struct {
		name string
		goal Goal
		plan Plan
		hint time.Duration
		do   string
	}{
		{"p99", goalOfQueue, Plan{Max: 10, Trial: LeastTrial}, 10 * time.Second, "; use --trial 10s"},
		{"p99.9", rare, Plan{Max: 20, Trial: LeastTrial}, 48 * time.Second, "; use --trial 48s and --budget 20m12s"},
		{"p99 at a low rate", goalOfQueue, Plan{Max: 1, Trial: LeastTrial, Budget: 10 * time.Hour}, 96 * time.Second, "; use --trial 1m36s"},
	} {
		c.plan.Goals = []Goal{c.goal}
		a, err := Search(t.Context(), &limited{carries: 500}, c.plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.By != ByTrials || !strings.Contains(a.Why, " are too few to tell") || !strings.HasSuffix(a.Why, c.do) {
			t.Errorf("%s: limited by the %s: %s, want %q", c.name, a.By, a.Why, c.do)
		}
		c.plan.Trial, c.plan.Budget = c.hint, 24*time.Hour
		if a, err = Search(t.Context(), &limited{carries: 500}, c.plan, nil); err != nil || a.By != ByMaximum || a.Range.Low != c.plan.Max {
			t.Errorf("%s, as the hint says: limited by the %s at %v: %s, %v", c.name, a.By, a.Range, a.Why, err)
		}
	}
}

// A flaky server answers each eighth message or so late, at any rate.
type flaky struct{}

func (flaky) Try(_ context.Context, rate float64, length time.Duration, enough func([]Block) bool) (Measured, error) {
	var m Measured
	done := func(second int) int64 { return int64(rate * float64(second)) }
	late := func(second int) int64 { return int64(0.12*float64(done(second)) + 0.5) }
	for i := range int(length.Seconds()) {
		n := done(i+1) - done(i)
		m.Blocks = append(m.Blocks, Block{Due: n, Goals: []Count{{n, late(i+1) - late(i)}}})
		if enough(m.Blocks) {
			break
		}
	}
	m.Took = time.Duration(len(m.Blocks)) * time.Second
	return m, nil
}

// That no rate keeps the goals needs a trial at the lowest one that shows it.
func TestLowestRateWithTooFewMessages(t *testing.T) {
	p95 := goalOfQueue
	p95.Share = 0.05
	a, err := Search(t.Context(), flaky{}, Plan{Goals: []Goal{p95}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last := a.Trials[len(a.Trials)-1]; last.Outcome != Undecided || a.By != ByTrials || !strings.Contains(a.Why, "; use --trial ") {
		t.Errorf("the last trial is %s, and the limit is %s: %s", last.Outcome, a.By, a.Why)
	}
	var r Report
	if r.complete(a); r.Verdict.Word != criteria.Undecided {
		t.Errorf("%s", r.Verdict)
	}
}

// A trial with too few messages tells the search to go on only if it broke no goal.
func TestHarmlessTrials(t *testing.T) {
	good, bad := Measured{Blocks: []Block{{Due: 30, Goals: []Count{{30, 0}}}}}, Measured{Blocks: []Block{{Due: 30, Goals: []Count{{30, 1}}}}}
	for _, c := range []struct {
		measured Measured
		stage    Stage
		want     bool
	}{{good, Doubling, true}, {bad, Doubling, false}, {good, Confirming, false}} {
		if tr := newTrial(10, c.stage, c.measured, []Goal{goalOfQueue}); tr.Outcome != Undecided || tr.Harmless() != c.want {
			t.Errorf("%s, %s: %s, harmless %v", c.stage, tr.Outcome, tr.Why, tr.Harmless())
		}
	}
}

// "At least" needs a rate that would have lasted, and that did not fail afresh.
func TestPassedForSomeSecondsOnly(t *testing.T) {
	trial := func(rate float64, waiting ...int64) *Trial {
		tr := &Trial{Rate: rate, Outcome: Pass}
		for _, w := range waiting {
			tr.Blocks = append(tr.Blocks, Block{Due: int64(rate), Waiting: w})
		}
		return tr
	}
	h := &search{trials: []*Trial{trial(200, 1, 0, 2), trial(400, 2, 5, 4), trial(800, 100, 200, 300), trial(1600, 7)}}
	if got := h.passed(); got != 400 {
		t.Errorf("at least %v/s, want 400: at 800 the queue grew, and 1,600 was seen for a second", got)
	}
	h.doubted = 400
	if got := h.passed(); got != 200 {
		t.Errorf("at least %v/s, want 200: 400 could not be confirmed", got)
	}
}

// What the generator spoils above the capacity takes nothing from an answer that is known
// by then.
func TestSpoiledTrialAbove(t *testing.T) {
	s := &limited{carries: 500}
	a, err := Search(t.Context(), s, Plan{Goals: []Goal{goalOfQueue}}, func(tr *Trial, so Range) {
		if tr.Stage == Sharpening {
			s.spoiled = so.High * 1.1
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if last := a.Trials[len(a.Trials)-2]; last.Stage != Surrounding || last.Outcome != Invalid {
		t.Fatalf("the trial at 120 %% is %s, %s", last.Stage, last.Outcome)
	}
	if a.By != ByServer || a.Range.Low > 500 || a.Range.High < 500 {
		t.Errorf("limited by the %s at %v", a.By, a.Range)
	}
}

func TestJudge(t *testing.T) {
	block := func(waiting, bad int64) Block { return Block{Due: 100, Waiting: waiting, Goals: []Count{{100, bad}}} }
	for _, c := range []struct {
		name   string
		blocks []Block
		want   Outcome
	}{
		{"459 without a miss", []Block{block(1, 0), block(0, 0), block(1, 0), block(0, 0), block(0, 0), {Goals: []Count{{59, 0}}}}, Pass},
		{"far too many for three seconds", []Block{block(40, 0), block(80, 0), block(120, 0)}, Fail},
		{"too few", []Block{block(0, 0), block(1, 0)}, Undecided},
		{"half of them for three seconds", []Block{block(0, 60), block(0, 60), block(0, 60)}, Fail},
		{"a growing queue", []Block{block(10, 0), block(20, 0), block(31, 0), block(41, 0), block(50, 0), block(61, 0)}, Fail},
		{"nothing done any more", []Block{{Due: 100, Waiting: 300, Goals: []Count{{}}}, {Due: 100, Waiting: 400, Goals: []Count{{}}}, {Due: 100, Waiting: 500, Goals: []Count{{}}}}, Fail},
		{"one bad second of many", []Block{block(0, 0), block(0, 0), block(60, 90), block(0, 0), block(0, 0), block(0, 0), block(0, 0), block(0, 0)}, Undecided},
	} {
		if got, why := judge(c.blocks, []Goal{goalOfQueue}); got != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got, why, c.want)
		}
	}
}
