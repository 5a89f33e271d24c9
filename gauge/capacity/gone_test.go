package capacity

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A mortal server dies in one of its trials, and may be started again before another one.
// Trials count from 1.
type mortal struct {
	limited
	dies, back int
}

// epoch is when the first trial of a mortal server begins. Each takes a minute.
var epoch = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

const nobodyListens = "refused at connect: connection refused"

func (s *mortal) Try(ctx context.Context, rate float64, length time.Duration, enough func([]Block) bool) (Measured, error) {
	n := len(s.tried) + 1
	if n < s.dies || s.back > 0 && n >= s.back {
		m, err := s.limited.Try(ctx, rate, length, enough)
		m.Heard = map[string]time.Time{"a": epoch.Add(time.Duration(n) * time.Minute)}
		return m, err
	}
	s.tried = append(s.tried, rate)
	var m Measured
	for second := range 3 {
		b := Block{Due: int64(rate) + 1, Goals: []Count{{int64(rate) + 1, int64(rate) + 1}}}
		if n == s.dies && second == 0 {
			b.Goals[0].Bad = 0
		}
		m.Blocks = append(m.Blocks, b)
	}
	m.Took, m.Usual, m.Refused, m.Errors = 5*time.Second, nobodyListens, true, 1
	if n == s.dies {
		m.Heard = map[string]time.Time{"a": epoch.Add(time.Duration(n)*time.Minute + time.Second)}
	} else {
		m.Silent = []Silence{{Flow: "a", Error: nobodyListens}}
	}
	return m, nil
}

// trailing is how many trials in the end of a search got no answer.
func trailing(a *Answer) int { return (&search{trials: a.Trials}).asked() }

// reported writes a search to a Log, and reads it.
func reported(t *testing.T, a *Answer, expect float64) *Report {
	t.Helper()
	var file bytes.Buffer
	log, h := &Log{w: &file}, &logHeader{Name: "x", Target: []string{"a at 127.0.0.1:25"}, Goals: []Goal{goalOfQueue}, Expect: expect}
	log.write(&logLine{Format: Format, Header: h})
	for _, trial := range a.Trials {
		if err := log.Add(trial, Range{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Finish(h.report(), a, false); err != nil {
		t.Fatal(err)
	}
	r, err := ReadReport(&file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A server that dies while it is searched is named as gone, whatever part of the search it
// was, and no rate is given as if it had become slow.
func TestServerDiesInASearch(t *testing.T) {
	whole, err := Search(t.Context(), &limited{carries: 500}, Plan{Goals: []Goal{goalOfQueue}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	stages := map[Stage]bool{}
	for i, trial := range whole.Trials {
		if i > 0 && i < len(whole.Trials)-1 && trial.Stage == whole.Trials[i-1].Stage {
			continue // the first of each stage, and the last of all, will do
		}
		dies := i + 1
		stages[trial.Stage] = true
		s := &mortal{limited: limited{carries: 500}, dies: dies}
		a, err := Search(t.Context(), s, Plan{Goals: []Goal{goalOfQueue}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := reported(t, a, 100)
		if a.By != ByGone || r.Gone == nil || (a.Range != Range{}) || (r.Capacity != Figure{}) || r.Verdict.Word != criteria.Failed {
			t.Errorf("dies in trial %d: limited by %s at %v: %s", dies, a.By, a.Range, r.Verdict)
			continue
		}
		if g := r.Gone; g.In == nil || g.In.Trial != dies || !g.Since.Equal(epoch.Add(time.Duration(dies)*time.Minute+time.Second)) {
			t.Errorf("dies in trial %d, and answered last in %+v at %v", dies, g.In, g.Since)
		}
		want := dies + goneAfter
		if last := a.Trials[len(a.Trials)-1]; last.Stage == Checking {
			want++
		}
		if n := len(a.Trials); n != want {
			t.Errorf("dies in trial %d of %d, want %d", dies, n, want)
		}
	}
	for _, stage := range []Stage{Doubling, Halving, Sharpening, Surrounding, Confirming} {
		if !stages[stage] {
			t.Errorf("no search in which it dies while %s", stage)
		}
	}
}

func TestWhatIsSaidOfAServerThatIsGone(t *testing.T) {
	for _, c := range []struct {
		name   string
		server mortal
		plan   Plan
		want   string
	}{
		{"in the sixth trial", mortal{dies: 6}, Plan{}, "FAILED: the server stopped answering (" + nobodyListens + "): it answered last at 09:06:01 UTC, in trial 6 at 320 messages/s; the last trial that passed was trial 5, at 160 messages/s; 100/s was expected"},
		{"in the first", mortal{dies: 1}, Plan{}, "FAILED: the server stopped answering (" + nobodyListens + "): it answered last at 09:01:01 UTC, in trial 1 at 10.0 messages/s; no trial had passed by then; 100/s was expected"},
		{"before it", mortal{}, Plan{}, "FAILED: the server never answered (" + nobodyListens + "); 100/s was expected"},
		{"when the budget ends", mortal{dies: 2}, Plan{From: 200, Budget: 16 * time.Second}, "UNDECIDED: the server stopped answering (" + nobodyListens + "): it answered last at 09:02:01 UTC, in trial 2 at 400 messages/s; the last trial that passed was trial 1, at 200 messages/s; there was no time to ask it again; 100/s was expected"},
		{"when the budget ends, and it was asked twice", mortal{dies: 2}, Plan{From: 200, Budget: 18 * time.Second}, "FAILED: the server stopped answering (" + nobodyListens + "): it answered last at 09:02:01 UTC, in trial 2 at 400 messages/s; the last trial that passed was trial 1, at 200 messages/s; 100/s was expected"},
	} {
		c.server.carries, c.plan.Goals = 500, []Goal{goalOfQueue}
		a, err := Search(t.Context(), &c.server, c.plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := reported(t, a, 100); r.Verdict.String() != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, r.Verdict, c.want)
		}
	}
	same := Gone{Flows: []string{"a"}, Error: nobodyListens, Since: epoch, In: &TrialRef{4, 80}, Passed: &TrialRef{4, 80}}
	if got, want := same.says(false), "the server stopped answering ("+nobodyListens+"): it answered last at 09:00:00 UTC, in trial 4 at 80.0 messages/s, the last trial that passed"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	g := Gone{Flows: []string{"a", "b"}, Error: nobodyListens}
	if got, want := g.says(true), "the server of flow a, b never answered ("+nobodyListens+")"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// One trial without an answer as the budget ends is too little to call a server gone. What is left
// of the budget is used to ask again.
func TestBudgetEndsWhenAServerDies(t *testing.T) {
	words := map[criteria.Word]int{}
	for _, dies := range []int{2, 8, 16} {
		for budget := 13 * time.Second; budget < 4*time.Minute; budget += time.Second {
			s := &mortal{limited: limited{carries: 500}, dies: dies}
			a, err := Search(t.Context(), s, Plan{From: 200, Budget: budget, Goals: []Goal{goalOfQueue}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			r, left := reported(t, a, 0), budget-a.Took
			switch n := trailing(a); {
			case n >= leastAsked && (a.By != ByGone || r.Verdict.Word != criteria.Failed):
				t.Errorf("dies in trial %d, %d without an answer: limited by the %s: %s", dies, n, a.By, r.Verdict)
			case n == 1 && (a.By != ByBudget || r.Verdict.Word != criteria.Undecided || a.Range != Range{} || left >= LeastDoubling ||
				!strings.HasSuffix(a.Why, ", and there was no time to ask again") || !strings.HasSuffix(r.Verdict.Reason, "; there was no time to ask it again")):
				t.Errorf("dies in trial %d, %v left: limited by the %s at %v: %s; %s", dies, left, a.By, a.Range, a.Why, r.Verdict)
			case n == 1 || n == leastAsked:
				words[r.Verdict.Word]++
			}
		}
	}
	if words[criteria.Failed] == 0 || words[criteria.Undecided] == 0 {
		t.Errorf("%v: this shows nothing", words)
	}
}

// A server that was only restarted is searched on.
func TestServerComesBack(t *testing.T) {
	for _, away := range []int{1, goneAfter - 1} {
		s := &mortal{limited: limited{carries: 500}, dies: 4, back: 5 + away}
		a, err := Search(t.Context(), s, Plan{Goals: []Goal{goalOfQueue}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := reported(t, a, 0); a.By != ByServer || r.Gone != nil || a.Range.Low > 500 || a.Range.High < 500 {
			t.Errorf("away for %d trials: limited by the %s at %v: %s", away, a.By, a.Range, r.Verdict)
		}
	}
}

// An overloaded server refuses the sessions of flow b, which has few, and if it refuses all
// those of flow a too. Flow b may be gone from a trial on.
type refusing struct {
	limited
	all  bool
	gone int // the trial from which on flow b's server is gone; 0 if it is not
}

func (s *refusing) Try(ctx context.Context, rate float64, length time.Duration, enough func([]Block) bool) (Measured, error) {
	m, err := s.limited.Try(ctx, rate, length, enough)
	answered := map[string]*figures.Phase{"mail": {Count: 9}}
	refused := []tally.FailureCount{{Class: "refused", Phase: "connect", Count: 1, Example: "connection refused"}}
	a, b := &figures.Flow{Phases: answered}, &figures.Flow{Phases: answered}
	a.Sessions.Started, b.Sessions.Started = int64(rate), 1+int64(rate)/100
	gone := s.gone > 0 && len(s.tried) >= s.gone
	if overloaded := rate > s.carries; overloaded || gone {
		b.Phases, b.Errors = nil, refused
		if overloaded && s.all {
			a.Phases, a.Errors = nil, refused
		}
		for i := range m.Blocks {
			m.Blocks[i].Goals[0].Bad = m.Blocks[i].Goals[0].N
		}
		m.Usual, m.Refused, m.Errors = nobodyListens, true, 1
	}
	m.Silent = silences(&figures.Result{FlowOrder: []string{"a", "b"}, Flows: map[string]*figures.Flow{"a": a, "b": b}})
	return m, err
}

// A server that refuses sessions at overload is no server that is gone: neither if a flow with
// few sessions gets no answer, nor if none gets one.
func TestOverloadIsNoServerThatIsGone(t *testing.T) {
	for _, all := range []bool{false, true} {
		for _, from := range []float64{10, 400} {
			s := &refusing{limited: limited{carries: 500}, all: all}
			a, err := Search(t.Context(), s, Plan{From: from, Goals: []Goal{goalOfQueue}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			checks := 0
			for _, one := range a.Trials {
				if one.Stage == Checking {
					checks++
				}
			}
			if r := reported(t, a, 0); a.By != ByServer || r.Gone != nil || a.Range.Low > 500 || a.Range.High < 500 || a.Range.Low < 400 {
				t.Errorf("all %v, from %v: limited by the %s at %v: %s", all, from, a.By, a.Range, r.Verdict)
			}
			if all && checks == 0 || !all && checks > 2 {
				t.Errorf("all %v, from %v: %d trials at lower rates", all, from, checks)
			}
		}
	}
}

// A flow with many sessions without an answer is one whose server is gone, and so are all flows
// if none gets an answer.
func TestFewSessionsWithoutAnAnswer(t *testing.T) {
	silent := func(sessions int64) *figures.Flow {
		f := &figures.Flow{Errors: []tally.FailureCount{{Class: "refused", Phase: "connect", Count: sessions}}}
		f.Sessions.Started = sessions
		return f
	}
	refused := &figures.Flow{Errors: []tally.FailureCount{{Class: "busy", Phase: "banner", Code: 421, Count: 9}}}
	for name, c := range map[string]struct {
		a, b *figures.Flow
		gone bool
	}{
		"few, and another flow is answered":      {refused, silent(leastSilent - 1), false},
		"many, and another flow is answered":     {refused, silent(leastSilent), true},
		"few, and no flow is answered":           {silent(1), silent(1), true},
		"few, and the other flow has no session": {&figures.Flow{}, silent(1), true},
	} {
		m := Measured{Silent: silences(&figures.Result{FlowOrder: []string{"a", "b"}, Flows: map[string]*figures.Flow{"a": c.a, "b": c.b}})}
		if m.isUnanswered() != c.gone {
			t.Errorf("%s: %v", name, m.Silent)
		}
	}
}

// Sessions that the end of the budget cut off are none without an answer of the server.
func TestDeadlineMakesNoServerGone(t *testing.T) {
	m := Measured{Undrained: true, Silent: []Silence{{Flow: "a", Error: "canceled at banner"}}}
	if got := newTrial(10, Doubling, m, []Goal{goalOfQueue}); got.Outcome == Unanswered {
		t.Errorf("the trial is %s: %s", got.Outcome, got.Why)
	}
}

// A file that ends while the server gives no answer says so, and gives no rate.
func TestFileEndsWithoutAnAnswerOfTheServer(t *testing.T) {
	var r Report
	r.Partial, r.Cut = true, true
	r.complete(&Answer{Range: Range{400, 500, 600}, By: ByBudget, Trials: []*Trial{
		{Rate: 400, Outcome: Pass, Measured: Measured{Heard: map[string]time.Time{"a": epoch}}},
		{Rate: 500, Outcome: Unanswered, Measured: Measured{Silent: []Silence{{Flow: "a", Error: nobodyListens}}}},
	}})
	if r.Verdict.Word != criteria.Undecided || (r.Capacity != Figure{}) || !strings.Contains(r.Verdict.Reason, "so far the server stopped answering") {
		t.Errorf("%+v: %s", r.Capacity, r.Verdict)
	}
}

func TestSilences(t *testing.T) {
	errors := func(class, phase string, more ...tally.FailureCount) []tally.FailureCount {
		return append([]tally.FailureCount{{Class: class, Phase: phase, Count: 5, Example: "gone"}}, more...)
	}
	for name, c := range map[string]struct {
		flow   figures.Flow
		silent bool
	}{
		"nobody listens":             {figures.Flow{Errors: errors("refused", "connect")}, true},
		"the host is gone":           {figures.Flow{Errors: errors("connect-timeout", "connect", tally.FailureCount{Class: "canceled", Phase: "connect", Count: 1})}, true},
		"a proxy closes":             {figures.Flow{Phases: map[string]*figures.Phase{"connect": {Count: 5}}, Errors: errors("closed", "banner")}, true},
		"the process stands still":   {figures.Flow{Phases: map[string]*figures.Phase{"connect": {Count: 5}}, Errors: errors("timeout", "banner")}, true},
		"most never began":           {figures.Flow{Errors: append([]tally.FailureCount{{Class: "canceled", Phase: "message", Count: 9}}, errors("timeout", "banner")...)}, true},
		"no session":                 {figures.Flow{}, false},
		"it greets, and hangs":       {figures.Flow{Phases: map[string]*figures.Phase{"connect": {Count: 5}, "banner": {Count: 5}, "ehlo": {Count: 5}}, Errors: errors("timeout", "mail")}, true},
		"it greets, and refuses":     {figures.Flow{Phases: map[string]*figures.Phase{"banner": {Count: 5}, "ehlo": {Count: 5}}, Errors: []tally.FailureCount{{Class: "auth-rejected", Phase: "auth", Code: 535, Count: 9}}}, false},
		"all is well":                {figures.Flow{Phases: map[string]*figures.Phase{"banner": {Count: 5}, "mail": {Count: 5}}}, false},
		"some sessions are refused":  {figures.Flow{Phases: map[string]*figures.Phase{"mail": {Count: 1}}, Errors: errors("refused", "connect")}, false},
		"each is answered 421":       {figures.Flow{Errors: []tally.FailureCount{{Class: "busy", Phase: "banner", Code: 421, Count: 9}}}, false},
		"the generator has no ports": {figures.Flow{Errors: errors("refused", "connect", tally.FailureCount{Class: "local-limit", Phase: "connect", Count: 1})}, false},
		"the scenario expects it":    {figures.Flow{Errors: []tally.FailureCount{{Class: "reset", Phase: "banner", Count: 9, Expected: true}}}, false},
	} {
		list := silences(&figures.Result{FlowOrder: []string{"a"}, Flows: map[string]*figures.Flow{"a": &c.flow}})
		if (len(list) == 1) != c.silent {
			t.Errorf("%s: %v", name, list)
		}
		if c.silent && (strings.HasPrefix(list[0].Error, "canceled") || !strings.HasSuffix(list[0].Error, ": gone")) {
			t.Errorf("%s: %v", name, list)
		}
	}
}
