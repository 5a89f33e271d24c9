package compare_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/comparisons"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func TestComparisonFindsWhatIsSlower(t *testing.T) {
	other := madeup.Quiet()
	other.Seed, other.Slower = 2, map[string]float64{"submit": 0.3}
	c := comparisons.Of(t, madeup.Quiet(), other, compare.Options{All: true})
	for _, metric := range []string{"message.p50", "message.mean", "rcpt.p50"} {
		r := comparisons.Row(t, c, "submit", metric)
		if r.Verdict != stats.Worse || math.Abs(*r.DeltaPercent-30) > 8 || r.IntervalPercent[0] > 30 || r.IntervalPercent[1] < 25 {
			t.Errorf("submit.%s: %s by %.1f %% %v, want worse by 30 %%", metric, r.Verdict, *r.DeltaPercent, *r.IntervalPercent)
		}
		if r := comparisons.Row(t, c, "relay", metric); r.Verdict == stats.Worse || r.Verdict == stats.Better {
			t.Errorf("relay.%s: %s by %.1f %%", metric, r.Verdict, *r.DeltaPercent)
		}
	}
	if r := comparisons.Row(t, c, "submit", "mail.p50"); r.Verdict == stats.Worse || r.Verdict == stats.Better {
		t.Errorf("submit.mail.p50: %s", r.Verdict)
	}
	if r := comparisons.Row(t, c, "relay", "errors"); r.Verdict != stats.NotShown || r.P != nil || r.DeltaPercent != nil || r.Unseen() != "0.56 pp" {
		t.Errorf("no error in 540 messages: %+v", r)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings %q", c.Warnings)
	}
	// Half of the rows are of the other flow, and errors are not tested.
	if want := len(c.Rows) - 2; c.Tested > want || c.Tested < want-4 || c.RoundsNeeded > 9 {
		t.Errorf("%d of %d rows tested, %d rounds needed", c.Tested, len(c.Rows), c.RoundsNeeded)
	}
}

// Repeats of a run count like rounds of it.
func TestRunsOfASideAreRepeats(t *testing.T) {
	var base, other []*record.Run
	for i := range 8 {
		p := madeup.Quiet()
		p.Rounds, p.Seed = 1, uint64(i)
		base = append(base, p.Read(t))
		p.Seed, p.Slower = uint64(100+i), map[string]float64{"relay": 0.5}
		other = append(other, p.Read(t))
	}
	c, err := compare.Compare(base, other, compare.Options{Metrics: []string{"message.*", "submit.rate"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := comparisons.Row(t, c, "relay", "message.p50"); r.Verdict != stats.Worse || r.BaseRounds != 8 || r.NewRounds != 8 {
		t.Errorf("%+v", r)
	}
	if c.Base.Runs != 8 || c.Base.Rounds != 8 || len(c.Rows) != 9 {
		t.Errorf("%+v with %d rows, want those of the patterns", c.Base, len(c.Rows))
	}
}

func TestComparisonOfFlows(t *testing.T) {
	p := madeup.Quiet()
	p.Slower = map[string]float64{"submit": 0.3}
	run := p.Read(t)
	c, err := compare.CompareFlows([]*record.Run{run}, "relay", "submit", compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := comparisons.Row(t, c, "submit", "message.p50"); r.Verdict != stats.Worse || c.Base.Name != "relay" {
		t.Errorf("against %s: %+v", c.Base.Name, r)
	}
	if r := comparisons.Row(t, c, "submit", "generator.cpu"); r.Verdict == stats.Worse || r.Base < 1e6 {
		t.Errorf("CPU of the generator: %+v", r) // 0.1 s for 30 messages
	}
	if _, err := compare.CompareFlows([]*record.Run{run}, "relay", "smtps", compare.Options{}); err == nil || !strings.Contains(err.Error(), "smtps") {
		t.Errorf("a flow that is not there: %v", err)
	}
}

func TestTooFewRounds(t *testing.T) {
	base, other := madeup.Quiet(), madeup.Quiet()
	base.Rounds, other.Rounds, other.Seed, other.Slower = 3, 3, 2, map[string]float64{"relay": 5, "submit": 5}
	c := comparisons.Of(t, base, other, compare.Options{})
	for _, r := range c.Rows {
		if r.Metric != "errors" && (r.Verdict != stats.TooFewRuns || r.RoundsNeeded != c.RoundsNeeded || r.ResolvablePercent != nil) {
			t.Errorf("%s.%s: %s, %d rounds needed", r.Flow, r.Metric, r.Verdict, r.RoundsNeeded)
		}
	}
	if c.RoundsNeeded != 6 {
		t.Errorf("%d rounds needed for %d tests", c.RoundsNeeded, c.Tested)
	}
}

// One round a side has no verdict and no p-value, but an interval of its own
// kind.
func TestSingleRounds(t *testing.T) {
	base, other := madeup.Quiet(), madeup.Quiet()
	base.Rounds, other.Rounds, base.Seconds, other.Seconds = 1, 1, 30, 30
	other.Seed, other.Slower, other.Failing = 2, map[string]float64{"relay": 0.3}, 0.1
	c := comparisons.Of(t, base, other, compare.Options{})
	for _, metric := range []string{"message.p50", "message.p90", "message.p99", "rate"} {
		r := comparisons.Row(t, c, "relay", metric)
		want := 30.0
		if metric == "rate" {
			want = -10
		}
		if r.Verdict != stats.TooFewRuns || r.P != nil || r.IntervalOf != compare.WithinRun || r.IntervalPercent == nil {
			t.Errorf("%s: %+v", metric, r)
		} else if i := r.IntervalPercent; i[0] > *r.DeltaPercent || i[1] < *r.DeltaPercent || math.Abs(*r.DeltaPercent-want) > 12 || i[1]-i[0] > 40 {
			t.Errorf("%s: %.1f %% in %v, want about %v", metric, *r.DeltaPercent, *i, want)
		}
	}
	if r := comparisons.Row(t, c, "relay", "errors"); r.IntervalOf != compare.WithinRun || r.Confidence.Low <= 0 || r.Confidence.High > 0.2 {
		t.Errorf("errors: %+v in %+v", r.Delta, r.Interval)
	}
	if text := table(t, c); !strings.Contains(text, "within this run only") {
		t.Error("the table does not say what its intervals are")
	}
}

// The largest of ten samples is smaller than the largest of sixty, and nothing
// has become better by that.
func TestPercentilesOfFewSamples(t *testing.T) {
	base, other := madeup.Quiet(), madeup.Quiet()
	other.Seed, other.Messages = 2, 5
	c := comparisons.Of(t, base, other, compare.Options{All: true})
	for _, r := range c.Rows {
		if strings.HasSuffix(r.Metric, ".p99") {
			t.Errorf("%s.%s is compared", r.Flow, r.Metric)
		}
	}
	comparisons.Row(t, c, "relay", "message.p90")
	if len(c.Warnings) != 2 || !strings.Contains(c.Warnings[0], "flow relay: not compared: message.p99, connect.p99, ") || !strings.HasSuffix(c.Warnings[0], ": message.p99 needs 100 messages a round, has 60 and 10: a duration of at least 20s at this rate") {
		t.Errorf("warnings %q", c.Warnings)
	}
	// As many samples on both sides are alike, however few.
	base.Messages = 5
	if c = comparisons.Of(t, base, other, compare.Options{}); len(c.Warnings) > 0 {
		t.Errorf("warnings %q", c.Warnings)
	}
	comparisons.Row(t, c, "relay", "message.p99")
}

func TestMinEffect(t *testing.T) {
	other := madeup.Quiet()
	other.Seed, other.Slower = 2, map[string]float64{"relay": 0.2}
	o := compare.Options{MinEffect: 0.4, Metrics: []string{"relay.message.p50", "relay.message.p99"}}
	c := comparisons.Of(t, madeup.Quiet(), other, o)
	if r := comparisons.Row(t, c, "relay", "message.p50"); r.Verdict == stats.Worse || *r.P > 0.05 {
		t.Errorf("20 %% where 40 matter: %s, p %v", r.Verdict, *r.P)
	}
	o.MinEffect = 0.05
	if r := comparisons.Row(t, comparisons.Of(t, madeup.Quiet(), other, o), "relay", "message.p50"); r.Verdict != stats.Worse {
		t.Errorf("20 %% where 5 matter: %s", r.Verdict)
	}
	// What is not resolvable says what it takes.
	o.MinEffect = 0.001
	same := madeup.Quiet()
	same.Seed = 3
	c = comparisons.Of(t, madeup.Quiet(), same, o)
	if r := comparisons.Row(t, c, "relay", "message.p99"); r.Verdict != stats.NotShown || r.RoundsNeeded < 100 || *r.ResolvablePercent < 0.1 {
		t.Errorf("0.1 %%: %+v", r)
	}
	if text := table(t, c); !strings.Contains(text, "too noisy to ever see 0.1 %") || strings.Contains(text, "rounds a side") {
		t.Error(text)
	}
}

func TestNothingToCompare(t *testing.T) {
	run := madeup.Quiet().Read(t)
	other := madeup.Quiet()
	other.Flows = []string{"third", "fourth"}
	for name, try := range map[string]func() (*compare.Comparison, error){
		"no run": func() (*compare.Comparison, error) {
			return compare.Compare(nil, []*record.Run{run}, compare.Options{})
		},
		"no flow": func() (*compare.Comparison, error) {
			return compare.Compare([]*record.Run{run}, []*record.Run{other.Read(t)}, compare.Options{})
		},
		"no metric": func() (*compare.Comparison, error) {
			return compare.Compare([]*record.Run{run}, []*record.Run{run}, compare.Options{Metrics: []string{"nonesuch"}})
		},
		"no pattern": func() (*compare.Comparison, error) {
			return compare.Compare([]*record.Run{run}, []*record.Run{run}, compare.Options{Metrics: []string{"[x"}})
		},
		"no level": func() (*compare.Comparison, error) {
			return compare.Compare([]*record.Run{run}, []*record.Run{run}, compare.Options{Alpha: 1})
		},
		"no such effect": func() (*compare.Comparison, error) {
			return compare.Compare([]*record.Run{run}, []*record.Run{run}, compare.Options{MinEffect: -1})
		},
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestGates(t *testing.T) {
	other := madeup.Quiet()
	other.Seed, other.Slower = 2, map[string]float64{"submit": 0.3}
	for _, c := range []struct {
		gate      string
		ok, known bool
		outcomes  int
	}{
		{"message.p50 > +5%", false, true, 2},
		{"submit.message.p50 > 5%", false, true, 1},
		{"submit.message.p50 > +60%", true, true, 1},
		{"submit.message.p50 > +100us", false, true, 1},
		{"submit.message.p50 > +1s", true, true, 1},
		{"relay.message.p50 > +5%", true, true, 1},
		{"rate < -5%", true, true, 2},
		{"errors > +0.1pp", true, true, 2},
		{"smtps.message.p50 > +5%", false, false, 1},
	} {
		g, err := criteria.ParseGate(c.gate)
		if err != nil {
			t.Error(err)
			continue
		}
		out := comparisons.Of(t, madeup.Quiet(), other, compare.Options{Gates: []criteria.Gate{g}}).Gates
		ok, known := true, true
		for _, o := range out {
			ok, known = ok && o.OK, known && o.Known
		}
		if ok != c.ok || known != c.known || len(out) != c.outcomes {
			t.Errorf("%s: %+v", c.gate, out)
		}
	}
	few := madeup.Quiet()
	few.Rounds = 2
	again := few
	again.Seed++
	g, err := criteria.ParseGate("message.p50 > +5%")
	if err != nil {
		t.Fatal(err)
	}
	if out := comparisons.Of(t, few, again, compare.Options{Gates: []criteria.Gate{g}}).Gates; out[0].Known || out[0].OK || !strings.Contains(out[0].Reason, "too few rounds") {
		t.Errorf("two rounds: %+v", out)
	}
}

// gated compares with one gate, and returns what became of it.
func gated(t *testing.T, base, other madeup.Pretended, gate string) []compare.GateResult {
	t.Helper()
	g, err := criteria.ParseGate(gate)
	if err != nil {
		t.Fatal(err)
	}
	return comparisons.Of(t, base, other, compare.Options{Gates: []criteria.Gate{g}}).Gates
}

// A gate that cannot be decided says what is missing.
func TestUndecidedGates(t *testing.T) {
	few, fewer, brief := madeup.Quiet(), madeup.Quiet(), madeup.Quiet()
	few.Rounds, fewer.Rounds, fewer.Seed, brief.Messages = 3, 2, 2, 5
	for _, c := range []struct {
		base, other madeup.Pretended
		gate, want  string
	}{
		{few, fewer, "relay.message.p50 > +5%", "too few rounds to tell: it has 2 a side; 6 rounds a side, 48 s in all, would do"},
		{madeup.Quiet(), brief, "relay.message.p99 > +5%", "needs 100 messages a round, has 60 and 10: a duration of at least 20s at this rate"},
		{madeup.Quiet(), madeup.Quiet(), "relay.message.p99.9 > +5%", "the same run is on both sides"},
		{madeup.Quiet(), brief, "relay.message.p999 > +5%", "needs 1,000 messages a round, has 60 and 10: a duration of at least 200s at this rate"},
		{madeup.Quiet(), brief, "smtps.rate < -5%", "no flow smtps was measured on both sides"},
		{madeup.Quiet(), brief, "relay.session.p50 > +5%", "session.p50 was not measured on both sides"},
	} {
		out := gated(t, c.base, c.other, c.gate)
		if len(out) != 1 || out[0].Known || out[0].OK || out[0].Reason != c.want {
			t.Errorf("%s: %+v, want %q", c.gate, out, c.want)
		}
	}
	// One of 200 rounds, or of a day, is nobody's advice.
	c := comparisons.Of(t, few, fewer, compare.Options{})
	if text, ok := c.Effort(compare.MostRounds + 1); ok {
		t.Error(text)
	}
	c.Base.RoundTime = 13 * time.Hour
	if text, ok := c.Effort(2); ok {
		t.Error(text)
	}
}

// A gate that is met says if it could hardly have been missed.
func TestBlindGate(t *testing.T) {
	other := madeup.Quiet()
	other.Seed = 2
	out := gated(t, madeup.Quiet(), other, "relay.message.p99 > +1%")
	if !out[0].OK || !strings.HasPrefix(out[0].Reason, "no such change shown; these rounds could have seen ") {
		t.Errorf("%+v", out)
	}
}

// The headlines are compared by default, whatever a gate names besides, and all on request.
func TestWhatIsCompared(t *testing.T) {
	other := madeup.Quiet()
	other.Seed = 2
	g, err := criteria.ParseGate("relay.tls.p50 > +5%")
	if err != nil {
		t.Fatal(err)
	}
	headlines := []string{"message.p50", "message.p90", "message.p99", "rate", "errors", "setup", "generator.cpu"}
	for _, c := range []struct {
		o    compare.Options
		want []string // of flow relay
	}{
		{compare.Options{}, headlines},
		{compare.Options{Gates: []criteria.Gate{g}}, append(slices.Clone(headlines), "tls.p50")},
		{compare.Options{Metrics: []string{"r*te"}, All: true}, []string{"rate"}},
		{compare.Options{Metrics: []string{"relay.rate"}, Gates: []criteria.Gate{g}}, []string{"rate", "tls.p50"}},
	} {
		var got []string
		for _, r := range comparisons.Of(t, madeup.Quiet(), other, c.o).Rows {
			if r.Flow == "relay" {
				got = append(got, r.Metric)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.o, got, c.want)
		}
	}
	if n := len(comparisons.Of(t, madeup.Quiet(), other, compare.Options{All: true}).Rows); n < 50 {
		t.Errorf("all are %d", n)
	}
	// With a thousand messages a round there is one beyond p99.9.
	many := madeup.Quiet()
	many.Messages = 500
	again := many
	again.Seed = 2
	comparisons.Row(t, comparisons.Of(t, many, again, compare.Options{}), "relay", "message.p99.9")
}

// A pattern that names nothing is a mistake, whatever the others name.
func TestPatternsThatNameNothing(t *testing.T) {
	run := madeup.Quiet().Read(t)
	_, err := compare.Compare([]*record.Run{run}, []*record.Run{run}, compare.Options{Metrics: []string{"rate", "mesage.*"}})
	var unmatched *compare.UnmatchedError
	if !errors.As(err, &unmatched) || unmatched.Pattern != "mesage.*" || !strings.Contains(err.Error(), "there are message.p50, message.p90") || !strings.HasSuffix(err.Error(), ", of relay, submit") {
		t.Error(err)
	}
}

// table is a comparison as a terminal has it.
func table(t *testing.T, c *compare.Comparison) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Comparisons.Write(&b, "table", c, render.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A terminal is not moved by what a server or a file says.
func TestGreetingIsEscaped(t *testing.T) {
	base, other := madeup.Quiet().ReadAnew(t), madeup.Quiet().ReadAnew(t)
	base.Greetings(0).Add(tally.Greeting{Banner: "mx \x1b[2J\u202e"})
	c, err := compare.Compare([]*record.Run{base}, []*record.Run{other}, compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if text := table(t, c); strings.ContainsAny(text, "\x1b\u202e") || !strings.Contains(text, `\x1b[2J\u202e`) {
		t.Error(text)
	}
}
