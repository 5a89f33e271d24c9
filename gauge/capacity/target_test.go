package capacity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

func jobOf(t *testing.T, flows string) *gauge.Job {
	t.Helper()
	s, err := scenarios.Parse("x.yaml", []byte("name: x\ntarget: {host: sink}\nflows:\n"+flows), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return gauge.NewJob(s)
}

const openFlow = "  a: {port: 25, tls: none, load: {rate: 30 messages/s, max_sessions: 20, duration: 5s}, session: {messages: 0}, envelope: {from: a@example.test, to: b@example.test}}\n"

func idle(context.Context) (float64, bool) { return 2, true }

func TestTargetTakesTheRate(t *testing.T) {
	b := strings.Replace(strings.Replace(openFlow, "  a:", "  b:", 1), "30 messages/s", "5 sessions/s", 1)
	job := jobOf(t, openFlow+strings.Replace(b, "messages: 0", "messages: 2", 1))
	goals, err := GoalsOf(job.Plan, []string{"message.response.p99 < 2s"})
	if err != nil {
		t.Fatal(err)
	}
	target, err := NewTarget(job, goals, TargetOptions{Run: gauge.Options{FreeCores: idle}, Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if mix := target.Mix(); mix[0] != 0.75 || mix[1] != 0.25 {
		t.Errorf("mix %v, want three messages of a to one of b", mix)
	}
	m, err := target.Try(t.Context(), 80, 3*time.Second, func([]Block) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	seconds := int64(len(m.Blocks))
	if seconds == 0 || seconds > 3 { // a block that a busy machine cuts short is left out
		t.Fatalf("%d blocks, want one a second", seconds)
	}
	var due, n int64
	for _, b := range m.Blocks {
		due += b.Due
		n += b.Goals[0].N + b.Goals[1].N
	}
	if due < 60*seconds || due > 100*seconds || n == 0 || n > due {
		t.Errorf("%d messages due and %d done in %d s at 80/s", due, n, seconds)
	}
	if len(m.AtGoals) != len(goals) || m.AtGoals[0] <= 0 || m.AtGoals[0] > 2*time.Second {
		t.Errorf("at the goals: %v", m.AtGoals)
	}
	for _, flow := range []string{"a", "b"} {
		if m.Heard[flow].IsZero() || m.Heard[flow].After(time.Now()) {
			t.Errorf("the server of flow %s answered last at %v", flow, m.Heard[flow])
		}
	}
	if len(m.Silent) > 0 {
		t.Errorf("without an answer: %v", m.Silent)
	}
	if m.Errors > 0 || m.P99 <= 0 || m.Achieved <= 0 {
		t.Errorf("errors %d, p99 %v, %v messages/s", m.Errors, m.P99, m.Achieved)
	}
}

func TestInterruptedTrialEndsTheSearch(t *testing.T) {
	job := jobOf(t, openFlow)
	goals, err := GoalsOf(job.Plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	drain := make(chan struct{})
	close(drain)
	target, err := NewTarget(job, goals, TargetOptions{Run: gauge.Options{FreeCores: idle, Drain: drain}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Search(t.Context(), target, Plan{Goals: goals}, nil)
	if !errors.Is(err, gauge.ErrInterrupted) || a == nil || len(a.Trials) > 0 {
		t.Errorf("answer %v, error %v", a, err)
	}
}

func TestWhatCannotBeScaled(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"closed", "rate: 30 messages/s, max_sessions: 20", "sessions: 20", "flow a has a closed load"},
		{"endless sessions", "30 messages/s", "30 sessions/s", "have no number of messages"},
	} {
		job := jobOf(t, strings.Replace(openFlow, c.old, c.new, 1))
		if _, err := NewTarget(job, nil, TargetOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestGoals(t *testing.T) {
	plan := jobOf(t, openFlow).Plan
	goals, err := GoalsOf(plan, []string{"a.message.response.p95 < 250ms", "connect.p99 < 1s"})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, g := range goals {
		list = append(list, g.Expr)
	}
	if got := strings.Join(list, "; "); got != "a.message.response.p95 < 250ms; connect.p99 < 1s; errors < 1%" {
		t.Errorf("goals %s", got)
	}
	if g := goals[0]; g.Share < 0.0499 || g.Share > 0.0501 || g.Limit != 250*time.Millisecond || !g.OfMessages {
		t.Errorf("goal %+v", g)
	}
	if _, err := GoalsOf(plan, []string{"c.errors < 1%"}); err == nil || !strings.HasSuffix(err.Error(), `no flow is named "c": known are a`) {
		t.Errorf("a goal of a flow that there is not: %v", err)
	}
	for _, text := range []string{"rate > 100/s", "message.mean < 1s", "message.max < 1s", "errors < 0%", "b.errors < 1%", "message.p99 > 1s", "message.p99 < 0s", "connect.p50 <= 0ms", "errors < 100%", "nonsense"} {
		if _, err := GoalsOf(plan, []string{text}); err == nil {
			t.Errorf("%s is taken for a goal", text)
		}
	}
}

// A log that is cut anywhere after its header still gives a report.
func TestLogSurvivesACut(t *testing.T) {
	job := jobOf(t, openFlow)
	goals := []Goal{goalOfQueue}
	target, err := NewTarget(job, goals, TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	log, report, err := Begin(&file, target, time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), 450)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Search(t.Context(), &limited{carries: 500}, Plan{Goals: goals}, func(t *Trial, so Range) { _ = log.Add(t, so) }) // Finish has the error
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Finish(report, a, false); err != nil {
		t.Fatal(err)
	}
	whole, err := ReadReport(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(report)
	if got, _ := json.Marshal(whole); string(got) != string(want) {
		t.Errorf("read back as\n%s\nwant\n%s", got, want)
	}
	if whole.Verdict.Word != "PASS" {
		t.Errorf("verdict %s", whole.Verdict)
	}
	if !IsLog(bytes.NewReader(file.Bytes())) {
		t.Error("a log is not known as one")
	}
	header := bytes.IndexByte(file.Bytes(), '\n') + 1
	for cut := header; cut < file.Len()-1; cut += 97 {
		r, err := ReadReport(bytes.NewReader(file.Bytes()[:cut]))
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if !r.Partial {
			t.Errorf("cut at %d: not partial", cut)
		}
	}
}

// A file of a search with figures that no search has is refused, before anybody draws them.
func TestReadReportRefusesAbsurdFigures(t *testing.T) {
	const header = `{"format":"smtpgauge.capacity/1","header":{"name":"x","goals":[{"expr":"errors < 1%","share":0.01}]}}`
	for _, trial := range []string{
		`"rate":5e-324`, `"rate":1.79e308`, `"rate":-1`, `"rate":10,"server":{"cores":-1}`,
		`"rate":10,"server":{"cores":1,"cores_available":-9223372036854775808}`, `"rate":10,"machine":{"cores":2,"others":1e300}`,
	} {
		file := header + "\n" + `{"trial":{` + trial + `},"range":{"Low":0,"Best":0,"High":0}}`
		if _, err := ReadReport(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v, want what is wrong in line 2", trial, err)
		}
	}
}

// A file that holds something else beside a search is not taken for one that was killed.
func TestReadReportRefusesOtherLines(t *testing.T) {
	const (
		header = `{"format":"smtpgauge.capacity/1","header":{"name":"x","goals":[{"expr":"errors < 1%","share":0.01}]}}`
		trial  = `{"trial":{"rate":10},"range":{"low":0,"best":0,"high":0}}`
		answer = `{"answer":{"range":{"low":0,"best":0,"high":0},"limited_by":"budget","why":"","took_ns":1}}`
		run    = `{"interval":{"flow":0,"from_ns":0}}`
	)
	for name, c := range map[string]struct {
		lines []string
		want  string // of the error; "" if there is none
	}{
		"run lines after the header": {[]string{header, run, run}, "line 2 is no line of a search"},
		"one of them":                {[]string{header, run}, "line 2 is no line of a search"},
		"run lines after a trial":    {[]string{header, trial, run}, "line 3 is no line of a search"},
		"another header":             {[]string{header, trial, header}, "line 3 is no line of a search"},
		"a line of another shape":    {[]string{header, `{"trial":"x","range":[]}`}, "line 2 is no line of a search"},
		"a damaged line":             {[]string{header, trial[:20], trial}, "line 2 is no line of a search"},
		"two searches":               {[]string{header, trial, answer, header}, "line 4 follows the end"},
		"a line too long":            {[]string{header, `"` + strings.Repeat("x", maxLine+1)}, "a line over"},
		"a killed search":            {[]string{header, trial, trial[:20]}, ""},
		"a whole search":             {[]string{header, trial, answer}, ""},
	} {
		r, err := ReadReport(strings.NewReader(strings.Join(c.lines, "\n")))
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if c.want == "" && (err != nil || len(r.Trials) != 1 || r.Cut != (name == "a killed search")) {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
	}
}

func FuzzReadReport(f *testing.F) {
	f.Add([]byte(`{"format":"smtpgauge.capacity/1","header":{"name":"x","goals":[{"expr":"errors < 1%","share":0.01}]}}` + "\n" + `{"trial":{"rate":10,"blocks":[{"due":10,"goals":[{"n":1}]}]},"range":{"Low":10,"Best":10,"High":0}}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if r, err := ReadReport(bytes.NewReader(b)); err == nil {
			r.Says()
		}
	})
}
