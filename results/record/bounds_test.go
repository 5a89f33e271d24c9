package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/record/grain"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// withHeader is a whole run file under a header that is not its own.
func withHeader(t *testing.T, change func(*Header)) string {
	t.Helper()
	_, file := collect(t, 1, nil)
	h := testHeader(twoFlows(1))
	change(&h)
	first, err := json.Marshal(newHeaderLine(&h))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(file), "\n")
	return string(first) + "\n" + rest
}

// What a hostile header asks for is not done: neither a figure there is no
// place for, nor work without end.
func TestHostileHeadersAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Header)
		want   string
	}{
		"a flow twice": {func(h *Header) { h.Flows = append(h.Flows, h.Flows[0]) }, `line 1: flow "closed" twice`},
		"work": {func(h *Header) {
			h.Rounds = maxRounds
			for i := range 20 {
				h.Flows = append(h.Flows, FlowHeader{Name: fmt.Sprint(i)})
			}
		}, "line 1: 22 flows and 0 thresholds in 100000 rounds"},
	} {
		if _, err := Read(strings.NewReader(withHeader(t, c.change))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A threshold that a later version knows, or nobody, costs no figure: it is kept as
// written.
func TestThresholdsThatCannotBeReadAreKept(t *testing.T) {
	for _, text := range []string{"x", "open.x.p99 < 1s", "open.errors < 1000%", "open.errors = 1%"} {
		file := withHeader(t, func(h *Header) { h.Thresholds = []criteria.Threshold{{Expr: text}} })
		run, err := Read(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := run.Header.Thresholds; len(got) != 1 || got[0] != (criteria.Threshold{Expr: text}) {
			t.Errorf("%s is read as %+v", text, got)
		}
	}
}

// Numbers of an interval that add up to no number would be in every figure.
func TestHostileIntervalsAreRefused(t *testing.T) {
	_, file := collect(t, 1, nil)
	for _, c := range []struct{ old, new, want string }{
		{`"busy":0.25`, `"busy":1e308`, "busy for 1e+308"},
		{`"busy":0.25`, `"busy":-1`, "busy for -1"},
		{`"waited":0.05`, `"waited":1e308`, "waiting for 1e+308"},
		{`"outcomes":{"accepted":10`, `"outcomes":{"accepted":137438953472`, "a count of 137438953472, want 0 to 68719476736"},
		{fmt.Sprintf(`"from":%d`, at(0)), `"from":-9223372036854775808`, "from -9223372036854775808"},
	} {
		hostile := strings.Replace(string(file), c.old, c.new, 1)
		if hostile == string(file) {
			t.Fatalf("the file has no %s", c.old)
		}
		if _, err := Read(strings.NewReader(hostile)); err == nil || !strings.Contains(err.Error(), "line 2: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q of line 2", c.new, err, c.want)
		}
	}
}

// A run whose file could not be read is not begun.
func TestUnreadableRunIsNotBegun(t *testing.T) {
	p := twoFlows(maxRounds + 1)
	if _, err := NewCollector(io.Discard, testHeader(p), p, 1, nil); err == nil || !strings.Contains(err.Error(), "100001 rounds") {
		t.Errorf("error %v, want one that names the rounds", err)
	}
}

// Each generator has a drain of its own, and between two of those nothing is missing.
func TestDrainsApartAreNoGap(t *testing.T) {
	var runs []*Run
	for d := range 2 {
		r, _ := collect(t, 1, nil)
		steady := r.windows[sample.Series{Stage: sample.Steady}]
		from := steady.To.Add(time.Duration(10*d) * time.Millisecond)
		r.windows[sample.Series{Stage: sample.Drain}] = Window{from, from.Add(time.Millisecond)}
		runs = append(runs, r)
	}
	sum, err := Merge(runs...)
	if err != nil {
		t.Fatal(err)
	}
	if gap := sum.LongestGap(); gap != 0 {
		t.Errorf("%v apart", gap)
	}
}

// Generators that ran one after the other loaded the server in their windows,
// not in between.
func TestMergedWindowsAreAUnion(t *testing.T) {
	later := func(d time.Duration) *Run {
		r, _ := collect(t, 1, nil)
		for s, w := range r.windows {
			r.windows[s] = Window{w.From.Add(d), w.To.Add(d)}
		}
		return r
	}
	for _, c := range []struct {
		starts []time.Duration
		rate   float64 // of 20 messages in 2 s from each run
	}{
		{[]time.Duration{0, 0}, 20},
		{[]time.Duration{0, time.Second}, 40. / 3},
		{[]time.Duration{0, time.Hour}, 10},
		{[]time.Duration{time.Hour, 0, 2 * time.Hour}, 10},
		{[]time.Duration{0, 4 * time.Second, time.Second, 5 * time.Second}, 80. / 6},
	} {
		var runs []*Run
		for _, d := range c.starts {
			runs = append(runs, later(d))
		}
		sum, err := Merge(runs...)
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(accepted(sum, 0)) / sum.SteadyLength(0).Seconds(); got < c.rate-1e-9 || got > c.rate+1e-9 {
			t.Errorf("runs begun at %v: rate %v, want %v", c.starts, got, c.rate)
		}
		apart := c.starts[len(c.starts)-1] > 2*time.Second
		if sum.LongestGap() > 0 != apart {
			t.Errorf("runs begun at %v: %v apart", c.starts, sum.LongestGap())
		}
		again, err := Merge(sum, later(3*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(runs); again.SteadyLength(0) != sum.SteadyLength(0)+2*time.Second {
			t.Errorf("%d merged runs and one more: a window of %v after %v", n, again.SteadyLength(0), sum.SteadyLength(0))
		}
	}
}

// What is written is read: a run that would write past what Read takes does not
// begin.
func TestRunThatDoesNotFitIsNotBegun(t *testing.T) {
	long := func(n int) *loadgen.Plan {
		p := twoFlows(1)
		p.Scenario = []byte(`{"x":"` + strings.Repeat("x", n) + `"}`)
		return p
	}
	h := testHeader(long(0))
	h.Started = samples.Epoch
	line, err := json.Marshal(newHeaderLine(&h))
	if err != nil {
		t.Fatal(err)
	}
	room := maxLine - 1 - len(line) // in the header's line
	lasting := func(d time.Duration) *loadgen.Plan {
		p := twoFlows(1)
		p.Flows[0].Load.Duration = d
		return p
	}
	tooLarge := fmt.Sprintf("octets, want at most %d: the resolved scenario is too long", maxLine-1)
	for name, c := range map[string]struct {
		plan   *loadgen.Plan
		want   string // of Fits
		begins bool   // all the same: a load may end before its time
	}{
		"too large a one":      {long(room + 1), tooLarge, false},
		"the longest load":     {lasting((maxIntervals - 12000) * grain.Longest * time.Second), "", true},
		"a longer one":         {lasting(maxIntervals * grain.Longest * time.Second), "intervals: want at most 33554432", true},
		"rounds":               {twoFlows(maxRounds + 1), "100001 rounds", false},
		"a warm-up a round":    {&loadgen.Plan{Rounds: 100_000, Warmup: 50000 * time.Second, Flows: twoFlows(1).Flows, Scenario: []byte(`{}`)}, "s, which takes", true},
		"a stage of open load": {staged(maxSpan), "", true},
	} {
		if err := Fits(c.plan, criteria.Criteria{Baseline: c.plan.Flows[0].Name}); (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		var file bytes.Buffer
		collector, err := NewCollector(&file, testHeader(c.plan), c.plan, 1, nil)
		if (err == nil) != c.begins {
			t.Errorf("%s: begins %v, %v", name, !c.begins, err)
		}
		if err != nil {
			if file.Len() > 0 {
				t.Errorf("%s: a file of %d octets of a run that did not begin", name, file.Len())
			}
			continue
		}
		feed(patient{collector.recorders[0]}, 0)
		if _, err := collector.Close(samples.Report(), generator.Usage{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Read(&file); err != nil {
			t.Errorf("%s: not read: %v", name, err)
		}
	}
}

func staged(d time.Duration) *loadgen.Plan {
	p := twoFlows(1)
	p.Flows[1].Load.Stages = []pace.Stage{{For: d}}
	return p
}

// To the octet, and to the line: a run goes on that has filled its file.
func TestWriterKeepsToTheReadersBounds(t *testing.T) {
	for _, over := range []int{0, 1} {
		var file bytes.Buffer
		out := fileWriter{w: &file}
		h := testHeader(twoFlows(1))
		h.Scenario = []byte(`""`)
		line, err := json.Marshal(newHeaderLine(&h))
		if err != nil {
			t.Fatal(err)
		}
		h.Scenario = []byte(`"` + strings.Repeat("x", maxLine-1-len(line)+over) + `"`)
		out.header(&h)
		if err := out.flush(); (err != nil) != (over > 0) {
			t.Errorf("%d octets too many: %v", over, err)
		}
		if run, err := Read(&file); over == 0 && (err != nil || !run.Partial()) {
			t.Errorf("the largest header is not read: %v", err)
		}
	}
	var file bytes.Buffer
	p := twoFlows(1)
	c, err := NewCollector(&file, testHeader(p), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.out.lines = maxIntervals - 2
	feed(patient{c.recorders[0]}, 0)
	if _, err := c.Close(samples.Report(), generator.Usage{}); err != nil {
		t.Fatal(err)
	}
	run, err := Read(&file)
	if err != nil || run.Partial() || len(run.Intervals) != 2 || accepted(run, 0) != 20 {
		t.Errorf("%d intervals, %v, want 2 and all of the totals", len(run.Intervals), err)
	}
}

// A wall clock that steps back within a run makes it invalid, and its file no
// less readable.
func TestClockThatStepsBackIsRead(t *testing.T) {
	var file bytes.Buffer
	p := twoFlows(1)
	c, err := NewCollector(&file, testHeader(p), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, from := patient{c.recorders[0]}, time.Duration(0)
	for n, to := range []time.Duration{time.Second, 2 * time.Second, -time.Hour, -time.Hour + time.Second, -time.Hour + 1500*time.Millisecond} {
		r.Message(closed, sample.Accepted, sample.Steady, 1, 0)
		r.Tick(sample.Tick{From: at(from), To: at(to), Open: []int{1, 0}, Peak: []int{1, 0}, Due: []int64{0, 0}, Begun: []int64{0, 0}, Last: n == 4})
		from = to
	}
	report := samples.Report()
	report.Steps = []time.Duration{-time.Hour}
	if _, err := c.Close(report, generator.Usage{}); err != nil {
		t.Fatal(err)
	}
	run, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int64
	for i := range run.Intervals {
		numbers = append(numbers, run.Intervals[i].Number)
	}
	if !slices.Equal(numbers, []int64{1, 2, 3, 4, 5}) || accepted(run, 0) != 5 {
		t.Errorf("intervals %v with %d messages", numbers, accepted(run, 0))
	}
	if !slices.Equal(run.Closing.Steps, report.Steps) {
		t.Errorf("steps of %v", run.Closing.Steps)
	}
}

// Numbers at the end of a file that add up to no number are refused as those of
// its intervals are.
func TestHostileClosingsAreRefused(t *testing.T) {
	_, file := collect(t, 1, nil)
	for _, c := range []struct{ old, new, want string }{
		{`"cpu_ns":1000000000`, `"cpu_ns":-1`, "a figure of -1"},
		{`"gomaxprocs":2,`, `"gomaxprocs":2,"free_cores":{"before":1e300,"after":1},`, "1e+300 cores are free"},
		{`"gomaxprocs":2,`, `"gomaxprocs":2,"free_cores":{"before":1,"after":-1},`, "-1 after the load"},
		{`"gomaxprocs":2,`, `"gomaxprocs":2,"machines":[{"id":"b","cores":[0]},{"id":"a","cores":[0]}],`, `machine 2 of the generator is "a"`},
		{`"gomaxprocs":2,`, `"gomaxprocs":2,"machines":[{"id":"b","cores":[]}],`, "machine 1 of the generator has no cores"},
		{`"gomaxprocs":2,`, `"gomaxprocs":2,"machines":[{"id":"b","cores":[3,3]}],`, "has a core 3, want"},
		{`"stage":"steady","from":`, `"stage":"steady","from":-`, "stage steady of flow open lasts from -"},
		{`"peak":3`, `"peak":9223372036854775807`, "a gauge of 9223372036854775807"},
		{`"busy":0.25`, `"stood_ns":-5,"busy":0.25`, "stand still for -5 ns"},
	} {
		at := strings.LastIndex(string(file), c.old)
		if at < 0 {
			t.Fatalf("the file has no %s", c.old)
		}
		hostile := string(file[:at]) + c.new + string(file[at+len(c.old):])
		if _, err := Read(strings.NewReader(hostile)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}

func TestHostileGatesAreRefused(t *testing.T) {
	for want, change := range map[string]func(*Header){
		"line 1: 1001 gates":                     func(h *Header) { h.Gates = make([]string, 1001) },
		"line 1: a smallest effect of -1":        func(h *Header) { h.MinEffect = -1 },
		"line 1: a smallest effect of 1e+300, w": func(h *Header) { h.MinEffect = 1e300 },
	} {
		if _, err := Read(bytes.NewReader([]byte(withHeader(t, change)))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
