package fleet

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

const searchScenario = `name: search
target: {host: 127.0.0.1}
flows: {a: {port: 25, load: {rate: 30 messages/s, arrivals: uniform, max_sessions: 50, duration: 5s}, session: {messages: 0}}}
`

// A searchLoad is half of a load on a server that is fast up to 700 messages/s, in virtual
// time.
type searchLoad struct {
	JobLoad
	seen *seenPlans
}

// seenPlans are the plans that agents carried out.
type seenPlans struct {
	mu    sync.Mutex
	terms []Terms
}

func (l *searchLoad) Check(context.Context) error                   { return nil }
func (l *searchLoad) Probe(context.Context) ([]*check.Fault, error) { return nil, nil }

func (l *searchLoad) Run(ctx context.Context, o gauge.Options) (*gauge.Result, error) {
	l.seen.mu.Lock()
	l.seen.terms = append(l.seen.terms, TermsOf(l.Plan))
	l.seen.mu.Unlock()
	o.Begin(ctx, 0)
	h := record.NewHeader(l.Plan, criteria.Criteria{})
	h.Agent = o.Place()
	c, err := record.NewCollector(o.File, h, l.Plan, 1, nil)
	if err != nil {
		return nil, err
	}
	r, s := c.Recorder(0), sample.Series{Stage: sample.Steady}
	start := time.Now()
	from, load := start, &l.Plan.Flows[0].Load.Stages[0]
	took, due := time.Millisecond, int64(0)
	if load.From > 700 {
		took = time.Second
	}
	ended := func() bool { return ctx.Err() != nil || isClosed(o.Drain) }
	for second := 0; second < int(load.For/time.Second) && !ended(); second++ {
		time.Sleep(time.Second)
		n := int(math.Round(float64(load.From) / 2))
		for range n {
			r.Message(s, sample.Accepted, sample.Steady, 1, 0)
			r.Service(s, sample.SpanMessage, took)
			r.Response(s, sample.SpanMessage, took)
		}
		due += int64(n)
		now := time.Now()
		r.Tick(sample.Tick{From: instant(from), To: instant(now), Open: []int{1}, Peak: []int{1}, Due: []int64{due}, Begun: []int64{due}})
		from = now
	}
	r.Window(s, instant(start), instant(time.Now()))
	r.Tick(sample.Tick{From: instant(from), To: instant(time.Now()), Open: []int{0}, Peak: []int{0}, Due: []int64{due}, Begun: []int64{due}, Last: true})
	run, err := c.Close(&sample.Report{Started: instant(start), Ended: instant(time.Now()), Interrupted: ended(), Shards: 1}, generator.Usage{})
	return &gauge.Result{Run: run}, err
}

func newSearchJob(t *testing.T) *gauge.Job {
	t.Helper()
	s, err := scenarios.Parse("search.yaml", []byte(searchScenario), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return gauge.NewJob(s)
}

// search searches for a capacity on two agents. observe is called after each trial.
func search(t *testing.T, p capacity.Plan, observe func(*stage, *capacity.Trial)) (*capacity.Answer, *seenPlans, error) {
	t.Helper()
	seen := &seenPlans{}
	s := newStage(t, Options{Agents: 2}, func(_ int, a *AgentOptions, _ *fakeLoad) {
		load := &searchLoad{JobLoad: JobLoad{Job: newSearchJob(t)}, seen: seen}
		a.Load = func([]byte, string) (Load, error) { return load, nil }
	})
	defer s.end()
	if err := s.fleet.Gather(t.Context()); err != nil {
		t.Fatal(err)
	}
	job := newSearchJob(t)
	var err error
	if p.Goals, err = capacity.GoalsOf(job.Plan, []string{"message.response.p99 < 250ms"}); err != nil {
		t.Fatal(err)
	}
	target, err := capacity.NewTarget(job, p.Goals, capacity.TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	target.UseAgents([]capacity.TrialAgent{{Name: "agent0"}, {Name: "agent1"}}, func(ctx context.Context, j *gauge.Job, o gauge.Options) (*record.Run, error) {
		return s.fleet.Carry(ctx, j, []byte(searchScenario), o)
	})
	a, err := capacity.Search(t.Context(), target, p, func(trial *capacity.Trial, _ capacity.Range) {
		if observe != nil {
			observe(s, trial)
		}
	})
	return a, seen, err
}

func outcomes(a *capacity.Answer) (list []capacity.Outcome) {
	for _, t := range a.Trials {
		list = append(list, t.Outcome)
	}
	return list
}

// A search goes on a fleet as here: each agent has the scaled plan of each trial, and a trial
// has the messages of all.
func TestSearchOnAFleet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, seen, err := search(t, capacity.Plan{From: 200, Trial: 5 * time.Second, Budget: 45 * time.Second}, func(s *stage, _ *capacity.Trial) {
			if !s.said("the arrivals of flow a are to be 5.00 ms apart, and the agents' clocks are known within 10.5 ms") {
				t.Errorf("nothing is said of the arrivals' spacing: %q", s.says)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if a.Range.Low != 0 || a.Range.High < 700 || a.Range.High > 850 { // the budget ended it before trials around the boundary
			t.Errorf("%+v, want an upper end above 700, and no lower one", a.Range)
		}
		for i, trial := range a.Trials {
			if math.Abs(trial.Achieved-trial.Rate) > 2 || trial.Outcome == capacity.Invalid || (trial.Rate > 700) != (trial.Outcome == capacity.Fail) {
				t.Errorf("trial at %v: %v accepted, %s, %s", trial.Rate, trial.Achieved, trial.Outcome, trial.Why)
			}
			mine, other := seen.terms[2*i], seen.terms[2*i+1]
			if !slices.Equal(mine.Loads[0].Stages, other.Loads[0].Stages) || mine.Seed != other.Seed || float64(mine.Loads[0].Stages[0].From) != trial.Rate {
				t.Errorf("trial at %v: the agents had %+v and %+v", trial.Rate, mine, other)
			}
		}
	})
}

// A trial in which an agent is lost is no evidence, and the search ends with the trials it has.
func TestSearchLosesAnAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, err := search(t, capacity.Plan{From: 100, Trial: 10 * time.Second}, func(s *stage, trial *capacity.Trial) {
			if trial.Rate == 200 {
				time.AfterFunc(4*time.Second, s.cancel[1])
			}
		})
		if !errors.Is(err, gauge.ErrAgentLost) || !strings.Contains(err.Error(), "agent1 on host") {
			t.Errorf("the search ended with %v", err)
		}
		if got, want := outcomes(a), []capacity.Outcome{capacity.Undecided, capacity.Pass, capacity.Invalid}; !slices.Equal(got, want) {
			t.Errorf("outcomes %v, want %v", got, want)
		}
		if a.By != capacity.ByGenerator || a.Range.Low != 0 || // no longer trial has confirmed what passed
			!strings.Contains(a.Trials[len(a.Trials)-1].Why, "agent agent1 on host was lost") {
			t.Errorf("by %s, %+v, %s", a.By, a.Range, a.Trials[len(a.Trials)-1].Why)
		}
	})
}

// An agent that is started again has its place again from the next trial on, whenever that is.
func TestSearchGetsAnAgentBack(t *testing.T) {
	for name, test := range map[string]struct {
		killed, again time.Duration // after the first trial
		spoils        bool          // the trial under way
	}{
		"between trials, at once":       {0, 0, false},
		"between trials, later":         {0, 9 * time.Second, false},
		"in a trial, at once":           {4 * time.Second, 4 * time.Second, true},
		"in a trial, later":             {4 * time.Second, 8 * time.Second, true},
		"in a trial, after its end":     {14 * time.Second, 22 * time.Second, true},
		"in a long trial, given up":     {time.Second, 15 * time.Second, true},
		"in a long trial, at its begin": {time.Second, 2 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				trials, killed := 0, false
				p := capacity.Plan{From: 200, Max: 400, Trial: 15 * time.Second}
				if strings.Contains(name, "long") {
					p.Trial = 40 * time.Second
				}
				a, seen, err := search(t, p, func(s *stage, trial *capacity.Trial) {
					if trials++; killed {
						return
					}
					killed = true
					time.AfterFunc(test.killed, s.cancel[1])
					time.AfterFunc(test.again, func() {
						s.again(1, func() Load { return &searchLoad{JobLoad: JobLoad{Job: newSearchJob(t)}, seen: &seenPlans{}} })
					})
				})
				if err != nil {
					t.Fatal(err)
				}
				if spoiled := slices.Contains(outcomes(a), capacity.Invalid); spoiled != test.spoils || a.By != capacity.ByMaximum || a.Range.Low != 400 {
					t.Errorf("by %s, %+v, outcomes %v", a.By, a.Range, outcomes(a))
				}
				if len(seen.terms) >= 2*trials {
					t.Errorf("the agent that was killed had a part in %d trials", trials)
				}
			})
		})
	}
}

// A trial in which an agent was out of reach for a while is made again.
func TestSearchAcrossAPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cut := false
		a, _, err := search(t, capacity.Plan{From: 200, Max: 400, Trial: 10 * time.Second}, func(s *stage, trial *capacity.Trial) {
			if trial.Rate == 200 && !cut {
				cut = true
				time.AfterFunc(3*time.Second, func() { s.lines[1].set(true) })
				time.AfterFunc(8*time.Second, func() { s.lines[1].set(false) })
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := outcomes(a)[1:3]; !slices.Equal(got, []capacity.Outcome{capacity.Invalid, capacity.Pass}) || a.Trials[1].Rate != 400 || a.Trials[2].Rate != 400 {
			t.Errorf("outcomes %v: %s", outcomes(a), a.Trials[1].Why)
		}
		if a.By != capacity.ByMaximum || a.Range.Low != 400 {
			t.Errorf("by %s, %+v", a.By, a.Range)
		}
	})
}
