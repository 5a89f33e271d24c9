package compare_test

import (
	"bytes"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
)

const us = time.Microsecond

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*math.Abs(want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// A delivered message takes its own time and a tenth of its connection's.
func TestCostAddsUp(t *testing.T) {
	m := compare.MatrixOf(madeup.Made(t, madeup.MadePorts(), 1))
	for i, want := range []time.Duration{600 * us, 400 * us, 800 * us, 850 * us, 3100 * us, 800 * us, 850 * us} {
		f := &m.Flows[i]
		near(t, f.Flow, float64(*f.Cost), float64(want), 0.002)
		sum := *f.Between
		for _, ns := range f.Phases {
			sum += ns
		}
		near(t, f.Flow+" by phases", float64(sum), float64(*f.Cost), 0.0001)
	}
	relay, pipelined, secure := &m.Flows[0], &m.Flows[1], &m.Flows[2]
	if _, ok := relay.Phases["tls"]; ok {
		t.Errorf("relay-25 is made of %v", relay.Phases)
	}
	near(t, "a tenth of a connect", float64(relay.Phases["connect"]), float64(10*us), 0.002)
	near(t, "MAIL", float64(relay.Phases["mail"]), float64(100*us), 0.002)
	near(t, "MAIL, RCPT and DATA, pipelined", float64(pipelined.Phases["mail+rcpt+data"]), float64(100*us), 0.002)
	near(t, "the sending of a pipelined message", float64(*pipelined.Between), float64(60*us), 0.01)
	near(t, "EHLO before STARTTLS", float64(secure.Phases["ehlo"]), float64(15*us), 0.002)
	near(t, "EHLO after STARTTLS", float64(secure.Phases["ehlo-tls"]), float64(15*us), 0.002)
	near(t, "CPU", float64(*m.Flows[4].CPU), float64(500*us), 0.001)
}

// More sessions make a message wait, which is no overhead of the flow.
func TestOverheadIsOfTheSameLoadOnly(t *testing.T) {
	run := madeup.Made(t, madeup.MadePorts()[:3], 5)
	run.Header.Flows[0].Offered = record.NewFlowLoad([]byte(`{"sessions": 1}`))
	run.Header.Flows[1].Offered = record.NewFlowLoad([]byte(`{"sessions": 64}`))
	run.Header.Flows[2].Offered = record.NewFlowLoad([]byte(`{"sessions": 1, "duration": "9s"}`))
	m := compare.MatrixOf(run)
	other, alike := &m.Against.Pairs[0], &m.Against.Pairs[1]
	if other.Unlike != "64 sessions, not 1 session" || other.Time != nil || other.CPU != nil {
		t.Errorf("64 sessions are held against 1: %+v", other)
	}
	if alike.Unlike != "" || alike.Time == nil || m.Against.Tested != 2 {
		t.Errorf("of %d differences tested, that of the same load is %+v", m.Against.Tested, alike)
	}
}

// A run file of an earlier version has pipelined phases that overlap.
func TestNoTimeIsNegative(t *testing.T) {
	flows := madeup.MadePorts()[:2]
	flows[1].Message = flows[0].Message
	m := compare.MatrixOf(madeup.Made(t, flows, 2))
	if f := &m.Flows[1]; f.Cost == nil || f.Between != nil {
		t.Errorf("overlapping phases leave %v of %v between", f.Between, f.Cost)
	}
	_, text, _ := strings.Cut(matrixText(t, m, 120), "Phases of a delivered message")
	if !strings.Contains(text, "between –: it cannot be told") || strings.Contains(text, " -") {
		t.Errorf("the reason is missing, or a time is negative:\n%s", text)
	}
}

// What failed is paid for by what was delivered, and nothing delivered costs
// nothing to show.
func TestCostIsOfTheDelivered(t *testing.T) {
	flows := madeup.MadePorts()[:3]
	flows[1].Failing, flows[2].Failing = 50, 100
	m := compare.MatrixOf(madeup.Made(t, flows, 5))
	near(t, "a message, every other one rejected", float64(*m.Flows[1].Cost), float64(800*us)*1.02, 0.002)
	if dead := &m.Flows[2]; dead.Cost != nil || dead.CPU != nil || len(dead.Phases) > 0 || dead.Delivered != 0 {
		t.Errorf("a flow that delivered nothing is %+v", dead)
	}
	if d := &m.Against.Pairs[1]; d.Time != nil || d.CPU != nil {
		t.Errorf("a flow that delivered nothing differs by %+v", d.Time)
	}
	text := matrixText(t, m, 80)
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("a figure of nothing:\n%s", text)
	}
}

func TestOverheadIsJudgedByRounds(t *testing.T) {
	m := compare.MatrixOf(madeup.Made(t, madeup.MadePorts(), 6))
	if a := &m.Against; a.Tested != 12 || a.RoundsNeeded != 6 || len(a.Pairs) != 6 {
		t.Fatalf("%d tested in %d pairs, %d rounds needed", a.Tested, len(a.Pairs), a.RoundsNeeded)
	}
	d := &m.Against.Pairs[3] // a connection a message, STARTTLS and AUTH
	near(t, "it adds", d.Time.Delta, float64(2500*us)*1.025, 0.01)
	near(t, "in percent", *d.Time.DeltaPercent, 417, 0.01)
	near(t, "in CPU", d.CPU.Delta, float64(480*us)*1.025, 0.01)
	if d.Time.Verdict != stats.Worse || d.Time.IntervalOf != "rounds" || d.Time.Interval[0] > d.Time.Delta || d.Time.Interval[1] < d.Time.Delta || d.Time.P == nil || *d.Time.P > 0.05 {
		t.Errorf("it is %+v", d.Time)
	}
	if saves := m.Against.Pairs[0].Time; saves.Verdict != stats.Better || saves.Delta >= 0 {
		t.Errorf("pipelining is %+v", saves)
	}
}

// Each choice is held against the flow that differs in nothing else.
func TestChoicesAreAttributed(t *testing.T) {
	m := compare.MatrixOf(madeup.Made(t, madeup.MadePorts(), 6))
	type attributed struct {
		choice, flow, base string
		adds               time.Duration
		verdict            stats.Verdict
	}
	want := []attributed{
		{"pipelining off → on", "relay-25-pipelined", "relay-25", -200 * us, stats.Better},
		{"TLS none → starttls", "starttls-25", "relay-25", 200 * us, stats.Worse},
		{"AUTH none → PLAIN + port", "submit-587", "starttls-25", 50 * us, stats.Worse},
		{"reuse 10 → 1", "submit-587-new", "submit-587", 2250 * us, stats.Worse},
		{"TLS starttls → implicit + port", "smtps-465", "submit-587", -50 * us, stats.Better},
		{"port 587 → 2525", "alt-2525", "submit-587", 0, stats.Same},
	}
	if len(m.Choices.Pairs) != len(want) {
		t.Fatalf("%d pairs, want %d", len(m.Choices.Pairs), len(want))
	}
	for i, w := range want {
		d := &m.Choices.Pairs[i]
		if got := (attributed{d.Choice(), d.New, d.Base, w.adds, d.Time.Verdict}); got != w {
			t.Errorf("pair %d is %+v, want %+v", i, got, w)
		}
		if math.Abs(d.Time.Delta-float64(w.adds)*1.025) > float64(6*us) {
			t.Errorf("%s adds %v, want about %v", w.choice, time.Duration(d.Time.Delta), w.adds)
		}
	}
	// Port 2525 is as 587: nothing differs in any round, and the test says so.
	if m.Choices.Tested != 12 {
		t.Errorf("%d differences tested, want time and CPU of 6", m.Choices.Tested)
	}
}

// Flows of a file that does not say how they chose are not held against each
// other.
func TestFlowsThatDoNotSayAreNotAttributed(t *testing.T) {
	flows := madeup.MadePorts()[:3]
	old := madeup.Made(t, flows, 6)
	for i := range old.Header.Flows {
		f := &old.Header.Flows[i]
		*f = record.FlowHeader{Name: f.Name, Port: f.Port, TLS: f.TLS, Auth: f.Auth}
	}
	m := compare.MatrixOf(old)
	if len(m.Choices.Pairs) > 0 || m.Flows[0].MessagesPerSession != nil || len(m.Against.Pairs) != 2 {
		t.Errorf("an old file's flows are paired as %+v", m.Choices.Pairs)
	}
}

func TestTooFewRoundsAreTold(t *testing.T) {
	m := compare.MatrixOf(madeup.Made(t, madeup.MadePorts(), 3))
	for _, d := range m.Against.Pairs {
		if d.Time.Verdict != stats.TooFewRuns || d.Time.Interval != nil || d.Time.IntervalPercent != nil {
			t.Errorf("three rounds tell %+v", d.Time)
		}
	}
	if text := matrixText(t, m, 160); !strings.Contains(text, "a verdict takes 6 of each flow, and this has 3 (schedule: {flows: in-turn, rounds: 6})") {
		t.Errorf("the table does not say how many rounds it takes:\n%s", text)
	}
}

// A single round has the interval of its seconds, and says that it is that.
func TestSingleRoundIsWithinRun(t *testing.T) {
	file := madeup.Pretended{Flows: []string{"a", "b"}, Rounds: 1, Seconds: 20, Messages: 40, Phases: samples.EveryPhase, Slower: map[string]float64{"b": 0.5}, Seed: 3}
	_, text := file.Write(t)
	whole, err := record.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	whole.Header.Baseline = "a"
	row := compare.MatrixOf(whole).Against.Pairs[0].Time
	if row.IntervalOf != compare.WithinRun || row.Interval == nil || row.Interval[0] <= 0 || row.P != nil || row.Verdict != stats.TooFewRuns {
		t.Errorf("a single round is %+v", row)
	}
	if row.Interval[0] > row.Delta || row.Interval[1] < row.Delta {
		t.Errorf("%v lies outside of %v", row.Delta, *row.Interval)
	}
	if text := matrixText(t, compare.MatrixOf(whole), 80); !strings.Contains(text, "* within this run only") {
		t.Errorf("the table does not say what its interval is:\n%s", text)
	}
	// It is the same if an earlier version wrote the file, without what was spent, and
	// where the histograms of its intervals are not kept.
	earlier := regexp.MustCompile(`,"spent_ns":[0-9.e+]+`).ReplaceAll(text, nil)
	for name, text := range map[string][]byte{"lean": text, "earlier": earlier} {
		lean, err := record.ReadTotals(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := compare.MatrixOf(lean).Against.Pairs[0].Time; !reflect.DeepEqual(got, row) {
			t.Errorf("%s: a single round is %+v, want %+v", name, got, row)
		}
	}
}

// More rounds than can be held against each other are not.
func TestMatrixIsBounded(t *testing.T) {
	flows := []madeup.Flow{{Name: "a", Port: 25, Messages: 100, Span: us}, {Name: "b", Port: 26, Messages: 100, Span: us}}
	r := madeup.Made(t, flows, 2500)
	m := compare.MatrixOf(r)
	if m.Against.Pairs[0].Time != nil || m.Against.Tested != 0 || !strings.Contains(matrixText(t, m, 80), "too many rounds") {
		t.Errorf("six million differences were taken: %+v", m.Against)
	}
}

func TestRunWithoutBaselineHasNoMatrix(t *testing.T) {
	r := madeup.Made(t, madeup.MadePorts(), 1)
	r.Header.Baseline = ""
	if compare.MatrixOf(r) != nil {
		t.Error("a matrix against nothing")
	}
}

// Rounds of several runs count together, as far as they are repeats.
func TestRunsArePooled(t *testing.T) {
	one := madeup.Made(t, madeup.MadePorts(), 3)
	m, err := compare.NewMatrix([]*record.Run{one, madeup.Made(t, madeup.MadePorts(), 3)})
	if err != nil {
		t.Fatal(err)
	}
	if m.Rounds != 6 || m.Flows[0].Delivered != 600 || m.Against.Pairs[0].Time.Verdict == stats.TooFewRuns {
		t.Errorf("two runs of three rounds are %d: %+v", m.Rounds, m.Against.Pairs[0].Time)
	}
	if text := matrixText(t, m, 80); !strings.HasPrefix(text, "matrix · 6 rounds in 2 runs\n") {
		t.Errorf("the heading is %.60q", text)
	}
	if _, err := compare.NewMatrix([]*record.Run{one, madeup.Made(t, madeup.MadePorts()[:3], 3)}); err == nil || !strings.Contains(err.Error(), "run 2 is of another scenario") {
		t.Errorf("runs of two scenarios: %v", err)
	}
	one.Header.Baseline = ""
	if _, err := compare.NewMatrix([]*record.Run{one}); err == nil || !strings.Contains(err.Error(), "no baseline") {
		t.Errorf("a run without a baseline: %v", err)
	}
}

// matrixText is all of a matrix, as a terminal of some width has it.
func matrixText(t *testing.T, m *compare.Matrix, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Matrices.Write(&b, "table", m, render.Options{Width: width, All: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
