//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// TestMain lets the test program serve, as the command does.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == serveWord {
		main()
		return
	}
	os.Exit(m.Run())
}

// The values are those of published tables.
func TestIntervalOfARate(t *testing.T) {
	for _, c := range []struct {
		r         rate
		low, high float64
	}{
		{rate{0, 20}, 0, 0.1684}, {rate{1, 20}, 0.0013, 0.2487}, {rate{20, 20}, 0.8316, 1},
		{rate{10, 200}, 0.0242, 0.0900}, {rate{50, 100}, 0.3983, 0.6017}, {rate{0, 0}, 0, 1},
	} {
		low, high := c.r.interval()
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.r.count, c.r.of, low, high, c.low, c.high)
		}
	}
}

// said is a comparison with these verdicts: of messages, of RCPT, and of
// another phase.
func said(verdicts ...stats.Verdict) *compare.Comparison {
	c := &compare.Comparison{Tested: 3}
	for i, name := range []string{messageMedian, rcptMedian, "quit.p99"} {
		r := compare.Row{Metric: name, BaseRounds: 9, NewRounds: 10, Verdict: verdicts[i], ResolvablePercent: new(4.0)}
		if r.Verdict == stats.NotShown {
			r.RoundsNeeded = 99
		}
		c.Rows = append(c.Rows, r)
	}
	return c
}

func changeOf(t *testing.T, name string) *change {
	for i := range changes {
		if changes[i].name == name {
			return &changes[i]
		}
	}
	t.Fatalf("no change %q", name)
	return nil
}

func TestComparisonsAreJudgedByWhatWasAdded(t *testing.T) {
	const same, open, worse, better = stats.Same, stats.NotShown, stats.Worse, stats.Better
	for _, c := range []struct {
		change                       string
		said                         *compare.Comparison
		found, unresolved, falseSame bool
		alarms                       string
	}{
		{"alike", said(same, open, same), false, false, false, ""},
		{"alike", said(open, same, better), false, false, false, "quit.p99 better"},
		{"alike", said(worse, same, same), true, false, false, "message.p50 worse"},
		{"3ms", said(worse, worse, worse), true, false, false, ""},
		{"3ms", said(worse, same, same), false, false, false, ""},
		{"3ms", said(open, open, same), false, false, false, ""},
		{"3ms", said(same, same, same), false, false, true, ""},
		{"3ms", said(worse, worse, better), true, false, false, "quit.p99 better"},
		{"10%", said(open, same, same), false, false, false, ""}, // 4 % were resolvable
		{"10%", said(same, same, same), false, false, true, ""},
		{"1%", said(open, open, same), false, true, false, ""},
		{"1%", said(same, same, same), false, false, true, ""},
		{"1%", said(worse, same, same), true, false, false, ""},
		{"1%", said(better, same, same), false, false, false, "message.p50 better"},
	} {
		o, err := changeOf(t, c.change).judge(c.said)
		if err != nil {
			t.Fatal(err)
		}
		if o.found != c.found || o.unresolved != c.unresolved || o.falseSame != c.falseSame || strings.Join(o.alarms, ", ") != c.alarms || o.rounds != 9 {
			t.Errorf("%s, %v: %+v", c.change, c.said.Rows, o)
		}
	}
	claimed := said(open, same, same)
	claimed.Rows[0].RoundsNeeded = 0 // as where 1 % is resolvable
	if o, err := changeOf(t, "1%").judge(claimed); err != nil || o.unresolved {
		t.Errorf("%+v, %v: compare did not say that it takes more rounds", o, err)
	}
	if _, err := changeOf(t, "alike").judge(said(stats.TooFewRuns, same, same)); err == nil {
		t.Error("too few rounds were judged")
	}
	if _, err := changeOf(t, "alike").judge(&compare.Comparison{}); err == nil {
		t.Error("a comparison of nothing was judged")
	}
}

func TestRowsCountAndFind(t *testing.T) {
	rowOf := func(name string, found, unresolved, missed, alarms int) *row {
		r := &row{change: *changeOf(t, name), rounds: "made up", added: 1234}
		for range found {
			r.outcomes = append(r.outcomes, &outcome{found: true, difference: new(5.0)})
		}
		for range unresolved {
			r.outcomes = append(r.outcomes, &outcome{unresolved: true, needed: 99, resolvable: new(4.0)})
		}
		for range missed {
			r.outcomes = append(r.outcomes, &outcome{runs: 18, invalid: 2, reason: "busy"})
		}
		for _, o := range r.outcomes[:alarms] {
			o.alarms = []string{"quit.p99 better"}
		}
		return r
	}
	for _, c := range []struct {
		r      *row
		faults string
	}{
		{rowOf("alike", 0, 0, 20, 1), ""},
		{rowOf("alike", 0, 0, 20, 2), "2 of 20 raised a false alarm, more than 5 %"},
		{rowOf("3ms", 20, 0, 0, 0), ""},
		{rowOf("3ms", 19, 0, 1, 0), "found in 19 of 20 only"},
		{rowOf("1%", 0, 20, 0, 0), ""},
		{rowOf("1%", 18, 0, 2, 0), ""}, // as chance allows
		{rowOf("1%", 3, 11, 6, 0), "missed in 6 of 9 in which it was resolvable"},
	} {
		faults := strings.Join(c.r.faults(), "; ")
		if (c.faults == "") != (faults == "") || !strings.Contains(faults, c.faults) {
			t.Errorf("faults %q, want %q", faults, c.faults)
		}
	}
	alike := rowOf("5%", 12, 0, 8, 0)
	for _, o := range alike.outcomes[12:] {
		o.falseSame = true
	}
	if faults := strings.Join(alike.faults(), "; "); !strings.Contains(faults, "8 of 20 called the change the same, more than 5 %") {
		t.Errorf("faults %q", faults)
	}
	var out bytes.Buffer
	printTable(&out, []row{*rowOf("1%", 3, 11, 6, 1)})
	words := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"made up 1 % at RCPT 20 3 11 6 0 1 5.0 0.1 to 24.9 5",
		"made up 1 % at RCPT: 1.234µs 0 0 4.0 99 5.0 0.0 12 of 108",
		"made up, 1 % at RCPT, comparison 15: the first of the invalid runs: busy",
		"made up, 1 % at RCPT, comparison 1: false alarm: quit.p99 better",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestSpreadOfFigures(t *testing.T) {
	r := &row{}
	needed := func(o *outcome) (float64, bool) { return float64(o.needed), o.needed > 0 }
	if got := r.spread(0, needed); got != "–" {
		t.Error(got)
	}
	for _, n := range []int{0, 7, 3, 12, 4} {
		r.outcomes = append(r.outcomes, &outcome{needed: n})
	}
	if got := r.spread(1, needed); got != "5.5 (3.0 to 12.0)" {
		t.Error(got)
	}
}

// Made-up rounds are recorded and compared as real ones. 3 ms are found, and the same seed makes
// the same comparison.
func TestMadeUpRounds(t *testing.T) {
	lab := newMadeUp(7, true)
	median, err := lab.median(t.Context())
	if err != nil || median < 100*time.Microsecond || median > 300*time.Microsecond {
		t.Fatalf("median %v, %v", median, err)
	}
	c := changeOf(t, "3ms")
	o, err := lab.compare(t.Context(), c, c.added(median), 0)
	if err != nil || !o.found || o.rounds < 9 || o.runs != 2*o.rounds || o.tested < 25 {
		t.Fatalf("%+v, %v", o, err)
	}
	again, err := lab.compare(t.Context(), c, c.added(median), 0)
	if err != nil || *again.difference != *o.difference {
		t.Errorf("%+v, then %+v: %v", o, again, err)
	}
}

func TestLoadsAreScenarios(t *testing.T) {
	lab := &measured{Bench: &harness.Bench{Dir: t.TempDir()}, length: 500 * time.Millisecond, think: 2 * time.Millisecond}
	file, err := lab.scenario("base", 2525)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Load(file, scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	if p.Flows[0].Load.Open() || p.Flows[0].Target.Port != 2525 || p.Flows[0].Name != flow {
		t.Errorf("%+v", p)
	}
}

// Every run in the folder of a comparison counts, valid or not.
func TestInvalidRunsAreCounted(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "runs")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	lab := newMadeUp(1, false)
	for i, seconds := range []int{1, 0, 1} { // nothing is measured in no time
		f, err := os.Create(filepath.Join(folder, fmt.Sprintf("a%d.jsonl", i)))
		if err == nil {
			run := lab.like
			run.Seconds = seconds
			err = madeup.NewMachine(1, 1).Write(f, run)
		}
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	var o outcome
	if err := o.countRuns(folder); err != nil || o.runs != 3 || o.invalid != 1 || !strings.HasPrefix(o.reason, "flow ") {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// The second server of a pair is the one that takes longer.
func TestPairOfServers(t *testing.T) {
	const added = 30 * time.Millisecond
	p, err := startPair(t.Context(), added)
	if err != nil {
		t.Fatal(err)
	}
	var took [2]time.Duration
	for side, port := range p.ports {
		took[side] = timeRcpt(t, port)
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	if took[1] < added {
		t.Errorf("RCPT took %v and %v, want %v more", took[0], took[1], added)
	}
}

func timeRcpt(t *testing.T, port int) time.Duration {
	t.Helper()
	raw, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	replies := textproto.NewReader(bufio.NewReader(raw))
	if _, _, err := replies.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	var began time.Time
	for _, command := range []string{"EHLO client.test", "MAIL FROM:<a@example.test>", "RCPT TO:<b@example.test>"} {
		began = time.Now()
		if _, err := fmt.Fprintf(raw, "%s\r\n", command); err != nil {
			t.Fatal(err)
		}
		if _, _, err := replies.ReadResponse(250); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(began)
}

func TestTimingACommand(t *testing.T) {
	var out bytes.Buffer
	if err := timeCommand(t.Context(), []string{"sh", "-c", "exit 3"}, &out); err != nil || !strings.Contains(out.String(), `"Memory":`) {
		t.Errorf("%v: %s", err, out.String())
	}
	if err := timeCommand(t.Context(), []string{"sh", "-c", "exit 1"}, &out); err == nil {
		t.Error("a command that failed was timed")
	}
}
