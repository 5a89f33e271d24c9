package results

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/stats"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// quiet is a run of two flows with enough rounds for a verdict.
func quiet() pretended {
	return pretended{flows: []string{"relay", "submit"}, rounds: 9, seconds: 2, messages: 30, phases: everyPhase, noise: 0.01, seed: 1}
}

func compared(t *testing.T, base, other pretended, o CompareOptions) *Comparison {
	t.Helper()
	c, err := Compare([]*Run{base.read(t)}, []*Run{other.read(t)}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func find(t *testing.T, c *Comparison, flow, metric string) *Row {
	t.Helper()
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Flow == flow && r.Metric == metric {
			return r
		}
	}
	t.Fatalf("no row %s.%s", flow, metric)
	return nil
}

func TestComparisonFindsWhatIsSlower(t *testing.T) {
	other := quiet()
	other.seed, other.slower = 2, map[string]float64{"submit": 0.3}
	c := compared(t, quiet(), other, CompareOptions{})
	for _, metric := range []string{"message.p50", "message.mean", "rcpt.p50"} {
		r := find(t, c, "submit", metric)
		if r.Verdict != stats.Worse || math.Abs(*r.DeltaPercent-30) > 8 || r.IntervalPercent[0] > 30 || r.IntervalPercent[1] < 25 {
			t.Errorf("submit.%s: %s by %.1f %% %v, want worse by 30 %%", metric, r.Verdict, *r.DeltaPercent, *r.IntervalPercent)
		}
		if r := find(t, c, "relay", metric); r.Verdict != stats.Same {
			t.Errorf("relay.%s: %s by %.1f %%", metric, r.Verdict, *r.DeltaPercent)
		}
	}
	if r := find(t, c, "submit", "mail.p50"); r.Verdict != stats.Same {
		t.Errorf("submit.mail.p50: %s", r.Verdict)
	}
	if r := find(t, c, "relay", "errors"); r.Verdict != stats.Same || r.P != nil || r.DeltaPercent != nil {
		t.Errorf("no errors at all: %+v", r)
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
	var base, other []*Run
	for i := range 8 {
		p := quiet()
		p.rounds, p.seed = 1, uint64(i)
		base = append(base, p.read(t))
		p.seed, p.slower = uint64(100+i), map[string]float64{"relay": 0.5}
		other = append(other, p.read(t))
	}
	c, err := Compare(base, other, CompareOptions{Metrics: []string{"message.*", "submit.rate"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := find(t, c, "relay", "message.p50"); r.Verdict != stats.Worse || r.BaseRounds != 8 || r.NewRounds != 8 {
		t.Errorf("%+v", r)
	}
	if c.Base.Runs != 8 || c.Base.Rounds != 8 || len(c.Rows) != 9 {
		t.Errorf("%+v with %d rows, want those of the patterns", c.Base, len(c.Rows))
	}
}

func TestComparisonOfFlows(t *testing.T) {
	p := quiet()
	p.slower = map[string]float64{"submit": 0.3}
	run := p.read(t)
	c, err := CompareFlows([]*Run{run}, "relay", "submit", CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r := find(t, c, "submit", "message.p50"); r.Verdict != stats.Worse || c.Base.Name != "relay" {
		t.Errorf("%s: %+v", comparison{c}.heading(), r)
	}
	if r := find(t, c, "submit", "generator.cpu"); r.Verdict != stats.Same || r.Base < 1e6 {
		t.Errorf("CPU of the generator: %+v", r) // 0.1 s for 30 messages
	}
	if _, err := CompareFlows([]*Run{run}, "relay", "smtps", CompareOptions{}); err == nil || !strings.Contains(err.Error(), "smtps") {
		t.Errorf("a flow that is not there: %v", err)
	}
}

func TestTooFewRounds(t *testing.T) {
	base, other := quiet(), quiet()
	base.rounds, other.rounds, other.seed, other.slower = 3, 3, 2, map[string]float64{"relay": 5, "submit": 5}
	c := compared(t, base, other, CompareOptions{})
	for _, r := range c.Rows {
		if r.Metric != "errors" && (r.Verdict != stats.TooFewRuns || r.RoundsNeeded != c.RoundsNeeded || r.ResolvablePercent != nil) {
			t.Errorf("%s.%s: %s, %d rounds needed", r.Flow, r.Metric, r.Verdict, r.RoundsNeeded)
		}
	}
	if c.RoundsNeeded < 7 || c.RoundsNeeded > 8 {
		t.Errorf("%d rounds needed for %d tests", c.RoundsNeeded, c.Tested)
	}
}

// One round a side has no verdict and no p-value, but an interval of its own
// kind.
func TestSingleRounds(t *testing.T) {
	base, other := quiet(), quiet()
	base.rounds, other.rounds, base.seconds, other.seconds = 1, 1, 30, 30
	other.seed, other.slower, other.failing = 2, map[string]float64{"relay": 0.3}, 0.1
	c := compared(t, base, other, CompareOptions{})
	for _, metric := range []string{"message.p50", "message.p90", "message.p99", "message.mean", "rate"} {
		r := find(t, c, "relay", metric)
		want := 30.0
		if metric == "rate" {
			want = -10
		}
		if r.Verdict != stats.TooFewRuns || r.P != nil || r.IntervalOf != withinRun || r.IntervalPercent == nil {
			t.Errorf("%s: %+v", metric, r)
		} else if i := r.IntervalPercent; i[0] > *r.DeltaPercent || i[1] < *r.DeltaPercent || math.Abs(*r.DeltaPercent-want) > 12 || i[1]-i[0] > 40 {
			t.Errorf("%s: %.1f %% in %v, want about %v", metric, *r.DeltaPercent, *i, want)
		}
	}
	if r := find(t, c, "relay", "errors"); r.IntervalOf != withinRun || r.interval.Low <= 0 || r.interval.High > 0.2 {
		t.Errorf("errors: %+v in %+v", r.Delta, r.interval)
	}
	if text := table(t, c, Options{}); !strings.Contains(text, "within this run only") {
		t.Error("the table does not say what its intervals are")
	}
}

// The largest of ten samples is smaller than the largest of sixty, and nothing
// has become better by that.
func TestPercentilesOfFewSamples(t *testing.T) {
	base, other := quiet(), quiet()
	other.seed, other.messages = 2, 5
	c := compared(t, base, other, CompareOptions{})
	for _, r := range c.Rows {
		if strings.HasSuffix(r.Metric, ".p99") {
			t.Errorf("%s.%s is compared", r.Flow, r.Metric)
		}
	}
	find(t, c, "relay", "message.p90")
	if len(c.Warnings) != 2 || !strings.Contains(c.Warnings[0], "flow relay: not compared: message.p99, connect.p99") {
		t.Errorf("warnings %q", c.Warnings)
	}
	// As many samples on both sides are alike, however few.
	base.messages = 5
	if c = compared(t, base, other, CompareOptions{}); len(c.Warnings) > 0 {
		t.Errorf("warnings %q", c.Warnings)
	}
	find(t, c, "relay", "message.p99")
}

func TestMinEffect(t *testing.T) {
	other := quiet()
	other.seed, other.slower = 2, map[string]float64{"relay": 0.2}
	o := CompareOptions{MinEffect: 0.4, Metrics: []string{"relay.message.p50", "relay.message.p99"}}
	c := compared(t, quiet(), other, o)
	if r := find(t, c, "relay", "message.p50"); r.Verdict != stats.Same || *r.P > 0.05 {
		t.Errorf("20 %% where 40 matter: %s, p %v", r.Verdict, *r.P)
	}
	o.MinEffect = 0.05
	if r := find(t, compared(t, quiet(), other, o), "relay", "message.p50"); r.Verdict != stats.Worse {
		t.Errorf("20 %% where 5 matter: %s", r.Verdict)
	}
	// What is not resolvable says what it takes.
	o.MinEffect = 0.001
	same := quiet()
	same.seed = 3
	c = compared(t, quiet(), same, o)
	if r := find(t, c, "relay", "message.p99"); r.Verdict != stats.Same || r.RoundsNeeded < 100 || *r.ResolvablePercent < 0.1 {
		t.Errorf("0.1 %%: %+v", r)
	}
	if text := table(t, c, Options{}); !strings.Contains(text, "not resolvable: a change of 0.1 %") {
		t.Error(text)
	}
}

func TestSurroundingsThatDiffer(t *testing.T) {
	base, other := quiet().readAnew(t), quiet().readAnew(t)
	if w := warnings(surroundings([]*Run{base}, []*Run{other})); len(w) > 0 {
		t.Fatalf("the same run twice: %q", w)
	}
	e := &other.Header.Environment
	e.Host, e.Kernel, e.Cores, e.Go, e.Version = "elsewhere", "7.0", 128, "go2", "v9"
	other.Header.Hash, other.Header.Seed, other.Closing = "fedcba9876543210", 9, nil
	other.Header.Flows[1].Name = "smtps"
	c, err := Compare([]*Run{base}, []*Run{other}, CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"host differs", "elsewhere", "kernel differs", "cores differs", "Go differs", "smtpgauge differs", "scenario differs",
		"seed differs: 1 on the base side, 9 on the new", "new side: 1 of 1 run invalid, the first because: partial: ",
		"flow submit is on the base side only", "flow smtps is on the new side only",
	} {
		if !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.Contains(w, want) }) {
			t.Errorf("no warning of %q in %q", want, c.Warnings)
		}
	}
}

func TestNothingToCompare(t *testing.T) {
	run := quiet().read(t)
	other := quiet()
	other.flows = []string{"third", "fourth"}
	for name, try := range map[string]func() (*Comparison, error){
		"no run":  func() (*Comparison, error) { return Compare(nil, []*Run{run}, CompareOptions{}) },
		"no flow": func() (*Comparison, error) { return Compare([]*Run{run}, []*Run{other.read(t)}, CompareOptions{}) },
		"no metric": func() (*Comparison, error) {
			return Compare([]*Run{run}, []*Run{run}, CompareOptions{Metrics: []string{"nonesuch"}})
		},
		"no pattern": func() (*Comparison, error) {
			return Compare([]*Run{run}, []*Run{run}, CompareOptions{Metrics: []string{"[x"}})
		},
		"no level":       func() (*Comparison, error) { return Compare([]*Run{run}, []*Run{run}, CompareOptions{Alpha: 1}) },
		"no such effect": func() (*Comparison, error) { return Compare([]*Run{run}, []*Run{run}, CompareOptions{MinEffect: -1}) },
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestGates(t *testing.T) {
	other := quiet()
	other.seed, other.slower = 2, map[string]float64{"submit": 0.3}
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
		out := compared(t, quiet(), other, CompareOptions{Gates: []criteria.Gate{g}}).Gates
		ok, known := true, true
		for _, o := range out {
			ok, known = ok && o.OK, known && o.Known
		}
		if ok != c.ok || known != c.known || len(out) != c.outcomes {
			t.Errorf("%s: %+v", c.gate, out)
		}
	}
	few := quiet()
	few.rounds = 2
	again := few
	again.seed++
	g, err := criteria.ParseGate("message.p50 > +5%")
	if err != nil {
		t.Fatal(err)
	}
	if out := compared(t, few, again, CompareOptions{Gates: []criteria.Gate{g}}).Gates; out[0].Known || out[0].OK || !strings.Contains(out[0].Reason, "too few rounds") {
		t.Errorf("two rounds: %+v", out)
	}
}

func table(t *testing.T, c *Comparison, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Comparisons.Write(&b, "table", c, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestComparisonFormats(t *testing.T) {
	other := quiet()
	other.seed, other.slower, other.failing = 2, map[string]float64{"submit": 0.3}, 0.2
	c := compared(t, quiet(), other, CompareOptions{Gates: []criteria.Gate{{Expr: "x | y", Metric: "rate"}}})
	for _, width := range []int{80, 100, 160} {
		for line := range strings.Lines(table(t, c, Options{Width: width})) {
			if n := textWidth(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns where %d were given: %s", n, width, line)
			}
		}
	}
	if short, all := table(t, c, Options{}), table(t, c, Options{All: true}); strings.Contains(short, "quit.p99") || !strings.Contains(all, "quit.p99") {
		t.Errorf("phases that tell nothing are to be left out unless asked for:\n%s", short)
	}
	for _, format := range Comparisons.Names() {
		var b bytes.Buffer
		if err := Comparisons.Write(&b, format, c, Options{}); err != nil || !strings.Contains(b.String(), "message.p50") {
			t.Errorf("%s: %v", format, err)
		}
		switch format {
		case "json":
			var back struct {
				Rows []struct {
					Flow, Metric, Verdict string
					Delta                 float64   `json:"delta_percent"`
					P                     *float64  `json:"p_value"`
					Interval              []float64 `json:"interval_percent"`
				}
				Warnings []string
			}
			if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Rows) != len(c.Rows) || len(back.Rows[0].Interval) != 2 || back.Warnings == nil {
				t.Errorf("%v: %+v", err, back)
			}
		case "csv":
			rows, err := csv.NewReader(&b).ReadAll()
			if err != nil || len(rows) != 1+len(c.Rows) {
				t.Errorf("%v: %d rows", err, len(rows))
			}
		}
	}
	if err := Comparisons.Write(&bytes.Buffer{}, "hgrm", c, Options{}); err == nil {
		t.Error("a format that is none")
	}
}
