package fleet

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// onceUnderWay calls do so long after the run's first report.
func onceUnderWay(after time.Duration, do func()) func(*record.Progress) {
	begun := false
	return func(*record.Progress) {
		if !begun {
			begun = true
			time.AfterFunc(after, do)
		}
	}
}

// within fails the test if something is not so within a time.
func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for range int(limit / (50 * time.Millisecond)) {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !holds() {
		t.Errorf("%s: not within %v", what, limit)
	}
}

// An agent that is killed or cut off is seen within 3 s. The run goes on, and has all that
// the other measured.
func TestAgentIsLost(t *testing.T) {
	for name, lose := range map[string]func(*stage){
		"killed":  func(s *stage) { s.cancel[1]() },
		"cut off": func(s *stage) { s.lines[1].set(true) },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, Options{Agents: 2}, nil)
			defer s.end()
			begin := onceUnderWay(1700*time.Millisecond, func() {
				lose(s)
				within(t, 3*time.Second, name, func() bool { return s.said("agent agent1 on host is lost") })
			})
			var first, last record.Progress
			run, err := s.carry(gauge.Options{OnInterval: func(p *record.Progress) {
				begin(p)
				if sum := p.Parts[0].Accepted + p.Parts[1].Accepted; sum != p.Flows[0].Accepted+p.Flows[1].Accepted {
					t.Errorf("%s: after %v %d accepted by the agents, %d by the flows", name, p.Elapsed, sum, p.Flows[0].Accepted+p.Flows[1].Accepted)
				}
				if last = *p; first.Agents == 0 {
					first = *p
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			if first.Agents != 2 || first.Silent+first.Lost != 0 || last.Silent != 0 || last.Lost != 1 {
				t.Errorf("%s: of %d agents %d are silent and %d lost at first, %d and %d in the end", name, first.Agents, first.Silent, first.Lost, last.Silent, last.Lost)
			}
			if a, b := &last.Parts[0], &last.Parts[1]; a.Silent || a.Lost || b.Silent || !b.Lost || a.Name == b.Name || a.SoFar != 100 || a.AllTimes().Count() != 100 {
				t.Errorf("%s: the last report has %+v, %+v", name, a, b)
			}
			mine, lost := run.Agents[0], run.Agents[1]
			if mine.Lost != "" || lost.Lost == "" || mine.Messages[0] != 100 || lost.Messages[0] == 0 || lost.Messages[0] >= 100 {
				t.Errorf("%s: agents %+v, %+v", name, mine, lost)
			}
			if got := accepted(run, 0) + accepted(run, 1); got != mine.Messages[0]+lost.Messages[0] {
				t.Errorf("%s: %d accepted, by the agents %d and %d", name, got, mine.Messages[0], lost.Messages[0])
			}
		})
	}
}

// A terminal that takes no more text keeps no fleet from its work.
func TestNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads := make(chan struct{})
		s := newStage(t, Options{Agents: 2, Report: func(string) { <-reads }}, nil)
		defer s.end()
		defer close(reads)
		run, err := s.carry(gauge.Options{OnInterval: onceUnderWay(time.Second, func() { s.cancel[1]() })})
		if err != nil {
			t.Fatal(err)
		}
		if mine, lost := run.Agents[0], run.Agents[1]; mine.Lost != "" || mine.Messages[0] != 100 || lost.Lost == "" {
			t.Errorf("agents %+v, %+v", mine, lost)
		}
	})
}

// What was measured during a partition that heals is neither forgotten nor counted twice.
func TestPartitionHeals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, nil)
		defer s.end()
		run, err := s.carry(gauge.Options{OnInterval: onceUnderWay(1300*time.Millisecond, func() {
			s.lines[1].set(true)
			time.Sleep(4 * time.Second)
			s.lines[1].set(false)
		})})
		if err != nil {
			t.Fatal(err)
		}
		if a := run.Agents[1]; a.Lost != "" || a.Away < 3*time.Second || a.Messages[0] != 100 || !s.said("agent1 on host is back") {
			t.Errorf("agent %+v", a)
		}
		if accepted(run, 0) != 100 || accepted(run, 1) != 100 {
			t.Errorf("%d and %d accepted", accepted(run, 0), accepted(run, 1))
		}
	})
}

// An agent that was paused sends all it has, but its load was not the one it should be.
func TestAgentIsPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var own *line // of the agent, which is not heard while it is paused
		s := newStage(t, Options{Agents: 2}, func(i int, _ *AgentOptions, l *fakeLoad) {
			if i == 1 {
				l.pause = func(second int) time.Duration {
					if second != 3 {
						return 0
					}
					own.set(true)
					time.AfterFunc(5*time.Second, func() { own.set(false) })
					return 5 * time.Second
				}
			}
		})
		defer s.end()
		own = s.lines[1]
		run, err := s.carry(gauge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		merged, err := record.Merge(s.files[0][0].run(t), s.files[1][0].run(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range []*record.Run{run, merged} {
			if a := run.Agents[1]; !strings.Contains(a.Lost, "stood still for 5.0 s") || a.Messages[0] != 100 || run.Agents[0].Lost != "" {
				t.Errorf("agents %+v", run.Agents)
			}
		}
	})
}

// Agents stop within 10 s of the death of their coordinator, in order, and their files are
// whole.
func TestCoordinatorDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var loads []*fakeLoad
		s := newStage(t, Options{Agents: 2}, func(_ int, a *AgentOptions, l *fakeLoad) {
			a.Once = true
			l.turns = 30
			loads = append(loads, l)
		})
		defer s.end()
		var died time.Time
		_, err := s.carry(gauge.Options{OnInterval: onceUnderWay(1300*time.Millisecond, func() {
			died = time.Now()
			s.lines[0].set(true)
			s.lines[1].set(true)
		})})
		if err != nil {
			t.Fatal(err)
		}
		s.group.Wait()
		for i, ended := range s.ended {
			if took := s.endedAt[i].Sub(died); !errors.Is(ended, ErrCoordinatorLost) || took > 10*time.Second {
				t.Errorf("agent %d ended after %v: %v", i, took, ended)
			}
			if loads[i].broken {
				t.Errorf("agent %d has broken off what was under way", i)
			}
		}
		run, err := record.Merge(s.files[0][0].run(t), s.files[1][0].run(t))
		if err != nil {
			t.Fatal(err)
		}
		if run.Partial() || run.Interrupted() || !run.Deserted() || len(run.Agents) != 2 || accepted(run, 0) != run.Agents[0].Messages[0]+run.Agents[1].Messages[0] {
			t.Errorf("merged: partial %v, interrupted by its user %v, by the coordinator's silence %v, %+v", run.Partial(), run.Interrupted(), run.Deserted(), run.Agents)
		}
	})
}

// A bus that loses a fifth of all messages loses no count.
func TestLossyBus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 3}, nil)
		defer s.end()
		random := rand.New(rand.NewPCG(1, 2))
		for _, l := range s.lines {
			l.mu.Lock()
			l.loses = func() bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				return random.IntN(5) == 0
			}
			l.mu.Unlock()
		}
		run, err := s.carry(gauge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if accepted(run, 0) != 150 || accepted(run, 1) != 150 {
			t.Errorf("%d and %d accepted", accepted(run, 0), accepted(run, 1))
		}
		for _, a := range run.Agents {
			if a.Lost != "" {
				t.Errorf("agent %s is lost: %s", a.Name, a.Lost)
			}
		}
	})
}

// Another version is refused with both versions named, on both sides.
func TestOtherVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, _ *fakeLoad) { a.Version = "2" })
		defer s.end()
		s.group.Wait()
		var refused *RefusedError
		if !errors.As(s.ended[0], &refused) || !strings.Contains(refused.Error(), "the coordinator is 1, this agent is 2") {
			t.Errorf("the agent says %v", s.ended[0])
		}
		if !s.said("of the same version (it is 2, this is 1)") {
			t.Errorf("the coordinator says %q", s.says)
		}
	})
}

// Who does not know the token is not heard.
func TestOtherToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1}, nil)
		defer s.end()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		other, err := New(s.bus, bus.NewToken(), Options{Agents: 1, Version: "1"})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if err := other.Gather(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("gathered: %v", err)
		}
		if len(other.Members()) != 0 || len(s.fleet.Members()) != 1 {
			t.Errorf("%v and %v have come", other.Members(), s.fleet.Members())
		}
	})
}

// The look at the target says which agent cannot reach it.
func TestOneAgentCannotReachTheTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, func(i int, _ *AgentOptions, l *fakeLoad) {
			if i == 1 {
				l.faults = check.Faults{{ID: check.ConnectionRefused, Flows: []string{"a"}, Target: "127.0.0.1:25", Says: "nothing listens"}}
			}
		})
		defer s.end()
		if err := s.fleet.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := s.fleet.Probe(t.Context(), newJob(t), []byte(scenario))
		var faults check.Faults
		if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Says != "from agent agent1: nothing listens" {
			t.Errorf("%v", err)
		}
	})
}

// To drain ends all agents' parts in order, and none is lost by it.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, nil)
		defer s.end()
		drain := make(chan struct{})
		run, err := s.carry(gauge.Options{Drain: drain, OnInterval: onceUnderWay(time.Second, func() { close(drain) })})
		if err != nil {
			t.Fatal(err)
		}
		if !run.Interrupted() || run.Agents[0].Lost != "" || run.Agents[1].Lost != "" || accepted(run, 1) != 0 {
			t.Errorf("interrupted %v, agents %+v", run.Interrupted(), run.Agents)
		}
	})
}

// A comparison alternates between two scenarios, which travel once.
func TestTwoScenariosTravelOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var loaded atomic.Int32
		s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, l *fakeLoad) {
			a.Load = func([]byte, string) (Load, error) {
				loaded.Add(1)
				l.JobLoad = JobLoad{Job: newJob(t)}
				return l, nil
			}
		})
		defer s.end()
		if err := s.fleet.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
		// So large that sending one takes a while.
		var sides [2][]byte
		for i := range sides {
			sides[i] = bytes.Repeat([]byte{byte(i)}, 40*bus.MaxBody)
		}
		var took []time.Duration
		for _, side := range []int{0, 1, 1, 0, 1} {
			began := time.Now()
			if err := s.fleet.ready(t.Context(), sides[side], newJob(t).Plan); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(began))
		}
		if loaded.Load() != 4 || took[1] < 150*time.Millisecond || took[3] > 50*time.Millisecond || took[4] > 50*time.Millisecond {
			t.Errorf("loaded %d times, in %v", loaded.Load(), took)
		}
	})
}

// One fleet carries out one job after the other.
func TestSeveralRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, nil)
		defer s.end()
		for range 3 {
			run, err := s.carry(gauge.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if accepted(run, 0) != 100 || run.Agents[0].Lost != "" {
				t.Errorf("%d accepted, %+v", accepted(run, 0), run.Agents)
			}
		}
		if len(s.files[0]) != 3 {
			t.Errorf("%d files", len(s.files[0]))
		}
	})
}
