package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results/stats"
)

const us = time.Microsecond

// A made flow is one whose costs are known: each round has sessions with these
// times of a phase, and as many messages a session.
type madeFlow struct {
	name     string
	port     int
	tls      sample.TLSMode
	auth     string
	messages int
	pipeline sample.Switch
	sessions map[sample.Phase]time.Duration // a session
	message  map[sample.Phase]time.Duration // a message
	span     time.Duration
	cpu      time.Duration // a message
	failing  int           // messages a round that are rejected
}

// madePorts are the flows of the built-in matrix, with costs that add up in the
// head.
func madePorts() []madeFlow {
	plain := map[sample.Phase]time.Duration{sample.Connect: 100 * us, sample.Banner: 50 * us, sample.EHLO: 150 * us, sample.Quit: 100 * us}
	secured := map[sample.Phase]time.Duration{sample.Connect: 100 * us, sample.Banner: 50 * us, sample.EHLO: 300 * us, sample.StartTLS: 100 * us, sample.TLS: 1350 * us, sample.Quit: 100 * us}
	authed := map[sample.Phase]time.Duration{sample.Auth: 500 * us}
	implicit := map[sample.Phase]time.Duration{sample.Connect: 100 * us, sample.Banner: 50 * us, sample.EHLO: 150 * us, sample.TLS: 1200 * us, sample.Quit: 100 * us}
	for p, d := range secured {
		authed[p] = d
	}
	withAuth := map[sample.Phase]time.Duration{sample.Auth: 400 * us}
	for p, d := range implicit {
		withAuth[p] = d
	}
	mail := map[sample.Phase]time.Duration{sample.Mail: 100 * us, sample.Rcpt: 100 * us, sample.Data: 100 * us, sample.Body: 200 * us}
	none, starttls := sample.TLSNone, sample.TLSStart
	return []madeFlow{
		{"relay-25", 25, none, "", 10, sample.Off, plain, mail, 560 * us, 20 * us, 0},
		{"relay-25-pipelined", 25, none, "", 10, sample.On, plain, mail, 360 * us, 12 * us, 0},
		{"starttls-25", 25, starttls, "", 10, sample.Off, secured, mail, 600 * us, 60 * us, 0},
		{"submit-587", 587, starttls, "PLAIN", 10, sample.Off, authed, mail, 600 * us, 70 * us, 0},
		{"submit-587-new", 587, starttls, "PLAIN", 1, sample.Off, authed, mail, 600 * us, 500 * us, 0},
		{"smtps-465", 465, sample.TLSImplicit, "PLAIN", 10, sample.Off, withAuth, mail, 600 * us, 65 * us, 0},
		{"alt-2525", 2525, starttls, "PLAIN", 10, sample.Off, authed, mail, 600 * us, 70 * us, 0},
	}
}

func madePlan(flows []madeFlow, rounds int) *loadgen.Plan {
	p := &loadgen.Plan{Name: "matrix", Seed: 7, Rounds: rounds, InTurn: true}
	alike := map[string]struct{}{} // as the scenario has them, less their choices
	for i, f := range flows {
		flow := loadgen.Flow{Name: f.name, Target: loadgen.Target{Port: f.port}, Load: loadgen.Load{Sessions: 8, Duration: time.Second}}
		flow.Session = loadgen.Session{Wire: smtpwire.Options{TLS: f.tls, Pipelining: f.pipeline}, Messages: f.messages}
		if f.auth != "" {
			flow.Session.Accounts = []smtpwire.Credentials{{Mechanism: f.auth, Username: "bench"}}
		}
		flow.Mail.Seed = uint64(i)
		p.Flows = append(p.Flows, flow)
		alike[f.name] = struct{}{}
	}
	p.Scenario, _ = json.Marshal(map[string]any{"flows": alike}) // strings marshal
	return p
}

// made is a run of such flows: 100 messages a round, and everything is 1 %
// slower from round to round.
func made(flows []madeFlow, rounds int) *Run {
	r := newRun(testHeader(madePlan(flows, rounds)))
	r.Header.Environment = Environment{OS: "linux", Arch: "amd64", Cores: 2, Go: "go1.26.0", Version: "v0.1.0"}
	for round := range rounds {
		for i, f := range flows {
			series := sample.Series{Flow: i, Round: round, Stage: sample.Steady}
			t := r.total(series)
			r.windows[series] = Window{at(0), at(time.Second)}
			t.Started = int64(100 / f.messages)
			t.Completed = t.Started
			drift := 1 + 0.01*float64(round)
			record := func(p sample.Phase, d time.Duration, n int64) {
				for range n {
					t.hist(slotOf(p, sample.Service)).Record(time.Duration(float64(d) * drift))
				}
			}
			for p, d := range f.sessions {
				record(p, d, t.Started)
			}
			for p, d := range f.message {
				record(p, d, 100)
			}
			record(sample.SpanMessage, f.span, 100)
			t.Outcomes[sample.Accepted], t.Outcomes[sample.Rejected] = int64(100-f.failing), int64(f.failing)
			t.InWindow = t.Outcomes[sample.Accepted]
			r.Intervals = append(r.Intervals, interval(i, round, len(r.Intervals), t, float64(f.cpu)*100*drift))
			r.cpu.add(&r.Intervals[len(r.Intervals)-1])
		}
	}
	r.cpu.end()
	return r
}

// interval is a second that was one flow's alone, in which the generator took
// so much CPU.
func interval(flow, round, n int, t *total, cpu float64) StoredInterval {
	s := StoredInterval{
		Flow: flow, Round: round, Stage: sample.Steady, Number: int64(n + 1), From: at(time.Duration(n) * time.Second),
		To: at(time.Duration(n+1) * time.Second), Messages: t.Outcomes, Busy: cpu / float64(time.Second), spent: t.spent(), histograms: map[string]string{},
	}
	for i, h := range t.hists {
		if h.Count() > 0 {
			s.histograms[slot(i).name()] = h.Encode()
		}
	}
	return s
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*math.Abs(want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// A delivered message takes its own time and a tenth of its connection's.
func TestCostAddsUp(t *testing.T) {
	m := newMatrix(made(madePorts(), 1))
	for i, want := range []time.Duration{600 * us, 400 * us, 800 * us, 850 * us, 3100 * us, 800 * us, 850 * us} {
		f := &m.Flows[i]
		near(t, f.Flow, float64(*f.Cost), float64(want), 0.002)
		sum := f.Between
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
	near(t, "what pipelining overlaps", float64(pipelined.Between), float64(-140*us), 0.01)
	near(t, "EHLO before and after STARTTLS", float64(secure.Phases["ehlo"]), float64(30*us), 0.001)
	near(t, "CPU", float64(*m.Flows[4].CPU), float64(500*us), 0.001)
}

// What failed is paid for by what was delivered, and nothing delivered costs
// nothing that could be told.
func TestCostIsOfTheDelivered(t *testing.T) {
	flows := madePorts()[:3]
	flows[1].failing, flows[2].failing = 50, 100
	m := newMatrix(made(flows, 5))
	near(t, "a message, every other one rejected", float64(*m.Flows[1].Cost), float64(800*us)*1.02, 0.002)
	if dead := &m.Flows[2]; dead.Cost != nil || dead.CPU != nil || len(dead.Phases) > 0 || dead.Delivered != 0 {
		t.Errorf("a flow that delivered nothing is told as %+v", dead)
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
	m := newMatrix(made(madePorts(), 6))
	if a := &m.Against; a.Tested != 12 || a.RoundsNeeded != 6 || len(a.Pairs) != 6 {
		t.Fatalf("%d tested in %d pairs, %d rounds needed", a.Tested, len(a.Pairs), a.RoundsNeeded)
	}
	d := &m.Against.Pairs[3] // a connection a message, STARTTLS and AUTH
	near(t, "it adds", d.Time.Delta, float64(2500*us)*1.025, 0.01)
	near(t, "in percent", *d.Time.DeltaPercent, 417, 0.01)
	near(t, "in CPU", d.CPU.Delta, float64(480*us)*1.025, 0.01)
	if d.Time.Verdict != stats.Worse || d.Time.IntervalOf != ofRounds || d.Time.Interval[0] > d.Time.Delta || d.Time.Interval[1] < d.Time.Delta || d.Time.P == nil || *d.Time.P > 0.05 {
		t.Errorf("it is told as %+v", d.Time)
	}
	if saves := m.Against.Pairs[0].Time; saves.Verdict != stats.Better || saves.Delta >= 0 {
		t.Errorf("pipelining is told as %+v", saves)
	}
}

// Each choice is held against the flow that differs in nothing else.
func TestChoicesAreAttributed(t *testing.T) {
	m := newMatrix(made(madePorts(), 6))
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
		if got := (attributed{d.choice(), d.New, d.Base, w.adds, d.Time.Verdict}); got != w {
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

// Flows that differ in more than choices are not held against each other, nor
// are those of a file that does not say.
func TestUnlikeFlowsAreNotAttributed(t *testing.T) {
	flows := madePorts()[:3]
	plan := madePlan(flows, 1)
	plan.Scenario = bytes.Replace(plan.Scenario, []byte(`"relay-25-pipelined":{}`), []byte(`"relay-25-pipelined":{"session":{"think":"1s"}}`), 1)
	h := testHeader(plan)
	if pairs := choicePairs(h.Flows); !slices.Equal(pairs, [][2]int{{0, 2}}) {
		t.Errorf("pairs are %v, want the flow that thinks left out", pairs)
	}
	old := made(flows, 6)
	for i := range old.Header.Flows {
		f := &old.Header.Flows[i]
		*f = FlowHeader{Name: f.Name, Port: f.Port, TLS: f.TLS, Auth: f.Auth}
	}
	m := newMatrix(old)
	if len(m.Choices.Pairs) > 0 || m.Flows[0].MessagesPerSession != nil || len(m.Against.Pairs) != 2 {
		t.Errorf("an old file's flows are paired as %+v", m.Choices.Pairs)
	}
}

func TestTooFewRoundsAreTold(t *testing.T) {
	m := newMatrix(made(madePorts(), 3))
	for _, d := range m.Against.Pairs {
		if d.Time.Verdict != stats.TooFewRuns || d.Time.Interval != nil || d.Time.IntervalPercent != nil {
			t.Errorf("three rounds tell %+v", d.Time)
		}
	}
	if text := matrixText(t, m, 160); !strings.Contains(text, "with 12 differences tested it takes 6 of each flow, and this has 3") {
		t.Errorf("the table does not say how many rounds it takes:\n%s", text)
	}
}

// A single round has the interval of its seconds, and says that it is that.
func TestSingleRoundIsWithinRun(t *testing.T) {
	file := pretended{flows: []string{"a", "b"}, rounds: 1, seconds: 20, messages: 40, phases: everyPhase, slower: map[string]float64{"b": 0.5}, seed: 3}
	var b bytes.Buffer
	file.write(t, &b)
	whole, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	whole.Header.Baseline = "a"
	row := newMatrix(whole).Against.Pairs[0].Time
	if row.IntervalOf != withinRun || row.Interval == nil || row.Interval[0] <= 0 || row.P != nil || row.Verdict != stats.TooFewRuns {
		t.Errorf("a single round is told as %+v", row)
	}
	if row.Interval[0] > row.Delta || row.Interval[1] < row.Delta {
		t.Errorf("%v lies outside of %v", row.Delta, *row.Interval)
	}
	if text := matrixText(t, newMatrix(whole), 80); !strings.Contains(text, "* within this run only") {
		t.Errorf("the table does not say what its interval is:\n%s", text)
	}
	// It is the same where the file is of before it told what was spent, and
	// where the histograms of its intervals are not kept.
	earlier := regexp.MustCompile(`,"spent_ns":[0-9.e+]+`).ReplaceAll(b.Bytes(), nil)
	for name, text := range map[string][]byte{"lean": b.Bytes(), "earlier": earlier} {
		text = bytes.Replace(text, []byte(`"in_turn":`), []byte(`"baseline":"a","in_turn":`), 1)
		lean, err := ReadTotals(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := newMatrix(lean).Against.Pairs[0].Time; marshal(t, got) != marshal(t, row) {
			t.Errorf("%s: a single round is told as %+v, want %+v", name, got, row)
		}
	}
}

// More rounds than can be held against each other are not.
func TestMatrixIsBounded(t *testing.T) {
	flows := madePorts()[:2]
	r := made(flows, 1)
	r.Header.Rounds = 3000
	for flow := range flows {
		for round := range r.Header.Rounds {
			r.totals[sample.Series{Flow: flow, Round: round, Stage: sample.Steady}] = r.totals[sample.Series{Flow: flow, Stage: sample.Steady}]
		}
	}
	m := newMatrix(r)
	if m.Against.Pairs[0].Time != nil || m.Against.Tested != 0 || !strings.Contains(matrixText(t, m, 80), "too many rounds") {
		t.Errorf("nine million differences were taken: %+v", m.Against)
	}
}

func TestRunWithoutBaselineHasNoMatrix(t *testing.T) {
	r := made(madePorts(), 1)
	r.Header.Baseline = ""
	if newMatrix(r) != nil || newDocument(r).Matrix.sections() != nil {
		t.Error("a matrix against nothing")
	}
}

// Rounds of several runs count together, as far as they are repeats.
func TestRunsArePooled(t *testing.T) {
	one := made(madePorts(), 3)
	m, err := NewMatrix([]*Run{one, made(madePorts(), 3)})
	if err != nil {
		t.Fatal(err)
	}
	if m.Rounds != 6 || m.Flows[0].Delivered != 600 || m.Against.Pairs[0].Time.Verdict == stats.TooFewRuns {
		t.Errorf("two runs of three rounds are %d: %+v", m.Rounds, m.Against.Pairs[0].Time)
	}
	if text := matrixText(t, m, 80); !strings.HasPrefix(text, "matrix · 6 rounds in 2 runs\n") {
		t.Errorf("the heading is %.60q", text)
	}
	if _, err := NewMatrix([]*Run{one, made(madePorts()[:3], 3)}); err == nil || !strings.Contains(err.Error(), "run 2 is of another scenario") {
		t.Errorf("runs of two scenarios: %v", err)
	}
	one.Header.Baseline = ""
	if _, err := NewMatrix([]*Run{one}); err == nil || !strings.Contains(err.Error(), "no baseline") {
		t.Errorf("a run without a baseline: %v", err)
	}
}

// matrixText is a matrix as a terminal of some width has it.
func matrixText(t *testing.T, m *Matrix, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := Matrices.Write(&b, "table", m, Options{Width: width}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// madeMatrix is a run with a matrix: six rounds, and a flow that fails.
func madeMatrix() *document {
	flows := append(madePorts(), madeFlow{name: "dead", port: 25, messages: 10, pipeline: sample.Off, failing: 100})
	return newDocument(made(flows, 6))
}

// matrices are its golden files.
func matrices() map[string]func(*bytes.Buffer) error {
	m := map[string]func(*bytes.Buffer) error{}
	for file, format := range map[string]string{"matrix.md": "markdown", "matrix.json": "json"} {
		m[file] = func(b *bytes.Buffer) error { return Matrices.Write(b, format, madeMatrix().Matrix, Options{}) }
	}
	for _, width := range []int{80, 160} {
		m[fmt.Sprintf("matrix-%d.txt", width)] = func(b *bytes.Buffer) error {
			return Matrices.Write(b, "table", madeMatrix().Matrix, Options{Width: width})
		}
	}
	return m
}

// The matrix is part of a run's figures in every format that has them.
func TestMatrixIsAmongTheFigures(t *testing.T) {
	var b bytes.Buffer
	if err := writeCSV(&b, madeMatrix()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"matrix,submit-587-new,cost,connect,,mean,102656,ns\n",
		"matrix,submit-587-new,overhead,relay-25,,low,2500046,ns\n",
		"matrix,submit-587-new,overhead,relay-25,generator.cpu,delta,492000,ns\n",
		"matrix,submit-587-new,choice,reuse 10 → 1 against submit-587,,delta,264.75486380411047,percent\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the CSV lacks %s", want)
		}
	}
	if strings.Contains(b.String(), "dead,cost") || strings.Contains(b.String(), "dead,overhead") {
		t.Error("the CSV has costs of nothing delivered")
	}
	b.Reset()
	if err := writeMarkdown(&b, madeMatrix()); err != nil || !strings.Contains(b.String(), "### What each choice costs\n") {
		t.Errorf("the Markdown lacks the choices (%v)", err)
	}
}
