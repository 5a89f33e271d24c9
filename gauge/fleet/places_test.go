package fleet

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen"
)

// A place is taken again by an agent of its name and machine alone, if nobody is in it, and not
// while a run is under way.
func TestWhoMayHaveAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, nil)
		defer s.end()
		if err := s.fleet.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
		load := func() Load { return &fakeLoad{JobLoad: JobLoad{Job: newJob(t)}} }
		var refused *RefusedError
		if err := <-s.again(1, load); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "the one of this name is there") {
			t.Errorf("beside one of its name: %v", err)
		}
		s.options[1].Host = "another"
		if err := <-s.again(1, load); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "has all its agents") {
			t.Errorf("from another machine: %v", err)
		}
		s.options[1].Host = "host"
		var again <-chan error
		run, err := s.carry(gauge.Options{OnInterval: onceUnderWay(time.Second, func() {
			s.cancel[1]()
			time.Sleep(3 * time.Second)
			again = s.again(1, load)
			time.Sleep(3 * time.Second)
			if !s.said("agent1 on host was started again: it has no part in the run under way") || !s.said("waiting: a run is under way, in which this agent has no part") || s.said("has its place") {
				t.Errorf("said %q", s.says)
			}
		})})
		if err != nil || run.Agents[0].Lost != "" || run.Agents[1].Lost == "" {
			t.Fatalf("the run that lost it: %v, %+v", err, run.Agents)
		}
		run, err = s.carry(gauge.Options{})
		if err != nil || len(run.Agents) != 2 || run.Agents[0].Lost+run.Agents[1].Lost != "" || accepted(run, 0) != 100 || run.Agents[1].Name != "agent1" {
			t.Fatalf("the next run: %v, %+v", err, run)
		}
		if a := run.Agents[1]; a.OffsetError <= 0 || a.Skew.Abs() > 10*time.Millisecond {
			t.Errorf("its clock: %+v", a)
		}
		if len(again) > 0 {
			t.Errorf("it ended: %v", <-again)
		}
	})
}

// A lost agent that is not started again ends the waiting.
func TestAgentIsNotStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, nil)
		defer s.end()
		if err := s.fleet.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.cancel[1]()
		began := time.Now()
		if _, err := s.carry(gauge.Options{}); !errors.Is(err, gauge.ErrAgentLost) || time.Since(began) > givenUpAfter+time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// No shard is without a part of the load.
func TestAllot(t *testing.T) {
	for _, test := range []struct {
		offers []int
		parts  int
		want   []int
	}{
		{[]int{1, 1}, 100, []int{1, 1}},
		{[]int{4, 2}, 100, []int{4, 2}},
		{[]int{4, 1}, 4, []int{3, 1}},
		{[]int{4, 4}, 5, []int{3, 2}},
		{[]int{8, 1, 8}, 6, []int{3, 1, 2}},
		{[]int{4, 4}, 2, []int{1, 1}},
		{[]int{4, 4}, 1, []int{1, 1}}, // which is refused before it comes to this
		{[]int{0, 2}, 9, []int{1, 2}},
		{nil, 9, []int{}},
	} {
		if got := allot(test.offers, test.parts); !slices.Equal(got, test.want) {
			t.Errorf("%v of %d parts: %v, want %v", test.offers, test.parts, got, test.want)
		}
	}
}

// A sharedLoad notes which part it carries out.
type sharedLoad struct {
	*fakeLoad
	note func(gauge.Options)
}

func (l sharedLoad) Run(ctx context.Context, o gauge.Options) (*gauge.Result, error) {
	l.note(o)
	return l.fakeLoad.Run(ctx, o)
}

// An agent that offers more shards than there is work for has fewer, and says so; nobody's part
// is taken by them.
func TestShardsOfAgents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		got := map[int]gauge.Options{}
		s := newStage(t, Options{Agents: 2}, func(i int, a *AgentOptions, l *fakeLoad) {
			a.Shards = []int{4, 1}[i]
			a.Load = func([]byte, string) (Load, error) {
				l.JobLoad = JobLoad{Job: newJob(t)}
				return sharedLoad{l, func(o gauge.Options) {
					mu.Lock()
					defer mu.Unlock()
					got[i] = o
				}}, nil
			}
		})
		defer s.end()
		if _, err := s.carry(gauge.Options{}); err != nil { // of 4 sessions
			t.Fatal(err)
		}
		if a, b := got[0], got[1]; a.Shards != 3 || a.Part != (loadgen.Part{First: 0, All: 4}) || b.Shards != 1 || b.Part != (loadgen.Part{First: 3, All: 4}) {
			t.Errorf("%d shards of %+v, and %d of %+v", a.Shards, a.Part, b.Shards, b.Part)
		}
		const why = "3 of 4: the load has no more to share among 2 agents"
		if got[0].ShardsWhy != why || got[1].ShardsWhy != "" || !s.said("run begun: test, part 1 of 2; shards: "+why) || !s.said("run begun: test, part 2 of 2") {
			t.Errorf("%q, %q, said %q", got[0].ShardsWhy, got[1].ShardsWhy, s.says)
		}
	})
}

// What an agent says over its life is short, and in order.
func TestWhatAnAgentSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var says []string
		drain := make(chan struct{})
		s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, _ *fakeLoad) {
			a.Drain, a.Draining = drain, "draining"
			a.Report = func(text string) {
				mu.Lock()
				defer mu.Unlock()
				says = append(says, text)
			}
		})
		for range 2 {
			if _, err := s.carry(gauge.Options{}); err != nil {
				t.Fatal(err)
			}
		}
		s.fleet.Close()
		time.Sleep(time.Second)
		close(drain)
		s.group.Wait()
		time.Sleep(time.Second)
		want := []string{
			"joined as agent0, agent 1 of 1",
			"run begun: test, part 1 of 1", "run ended: 100 accepted; run file: memory",
			"run begun: test, part 1 of 1", "run ended: 100 accepted; run file: memory",
			"the coordinator has ended; waiting for the next", "left",
		}
		if s.ended[0] != nil || !slices.Equal(says, want) {
			t.Errorf("it ended with %v, and said\n%s", s.ended[0], strings.Join(says, "\n"))
		}
	})
}

// An agent that is ended while it has a part says so, and leaves once that has ended.
func TestAgentLeavesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drain := make(chan struct{})
		s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, _ *fakeLoad) { a.Drain, a.Draining = drain, "draining" })
		defer s.end()
		if _, err := s.carry(gauge.Options{OnInterval: onceUnderWay(time.Second, func() { close(drain) })}); err != nil {
			t.Fatal(err)
		}
		s.group.Wait()
		var says []string
		for _, text := range s.says {
			if !strings.HasPrefix(text, "agent ") { // what the coordinator says
				text, _, _ = strings.Cut(text, ":")
				says = append(says, text)
			}
		}
		if want := []string{"joined as agent0, agent 1 of 1", "run begun", "draining", "run ended", "left"}; s.ended[0] != nil || !slices.Equal(says, want) {
			t.Errorf("it ended with %v, and said %q", s.ended[0], says)
		}
	})
}
