package fleet

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
)

// What was recorded under an earlier coordinator with the same token gives nobody a place.
func TestReplayedMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1, Watchers: []string{"mx1"}}, nil)
		var mu sync.Mutex
		var recorded [][2]string // address and message
		record := func(address string) {
			stop, err := s.bus.Listen(address, func(data []byte) {
				mu.Lock()
				defer mu.Unlock()
				recorded = append(recorded, [2]string{address, string(data)})
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(stop)
		}
		record(bus.Coordinator)
		record(s.fleet.end.ID())
		late := bus.NewEnd(s.bus, s.token)
		if err := late.Send(bus.Coordinator, &bus.Hello{Name: "late", Host: "h", Version: "1"}, nil); err != nil {
			t.Fatal(err)
		}
		kill := watchBriefly(t, s)
		if err := s.fleet.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
		kill()
		s.end()
		mu.Lock()
		replayed := slices.Clone(recorded)
		mu.Unlock()
		if len(replayed) < 5 {
			t.Fatalf("%d messages recorded", len(replayed))
		}
		s.says = nil
		next, err := New(s.bus, s.token, Options{Agents: 2, Version: "1", Watchers: []string{"mx1"}, Report: s.report})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range replayed {
			for _, to := range []string{m[0], next.end.ID()} {
				if err := s.bus.Send(to, []byte(m[1])); err != nil {
					t.Fatal(err)
				}
			}
		}
		time.Sleep(time.Second)
		if len(next.Members()) > 0 || len(next.MissingWatchers()) != 1 || s.said("has joined") {
			t.Errorf("members %+v, said %q", next.Members(), s.says)
		}
		next.Close()
		time.Sleep(time.Second)
	})
}

// An agent that sends a file without end, or piece by piece, or that waits and goes on without
// end, fills no memory if that is faster than it is read.
func TestFileWithoutEnd(t *testing.T) {
	for name, size := range map[string]int64{"large pieces": bus.MaxBody, "small pieces": 1, "no pieces": 0} {
		t.Run(name, func(t *testing.T) {
			w, token := wire{}, bus.NewToken()
			c, err := New(w, token, Options{Agents: 1, Version: "1"})
			if err != nil {
				t.Fatal(err)
			}
			agent := bus.NewEnd(w, token)
			sayAll(agent, c.end.ID(), []byte(`hello {"name":"a","version":"1"}`))
			const some = 10
			never := &feeder{wake: make(chan struct{}, 1)} // comes to it, and has nearly enough
			never.waiting = map[int]int{0: mostWaiting - some*int(size+perFeeding)}
			c.mu.Lock()
			c.order.Run, c.members[0].sum, c.feeder = 1, newHashed(), never
			c.mu.Unlock()
			body := make([]byte, size)
			for i := range int64(3 * some) {
				var m bus.Message = &bus.Delta{Run: 1, Offset: i * size}
				if size == 0 {
					m = &bus.Status{Run: 1, Waits: int(i % 2)}
				}
				if err := agent.Send(c.end.ID(), m, body); err != nil {
					t.Fatal(err)
				}
			}
			c.mu.Lock()
			if waits := never.waiting[0]; waits <= mostWaiting || waits > mostWaiting+int(size)+perFeeding {
				t.Errorf("%d octets wait, want %d at the most", waits, mostWaiting+size+perFeeding)
			}
			c.feeder = nil
			c.mu.Unlock()
			sayAll(agent, c.end.ID(), []byte(`status {"run":1,"gone":true}`))
			c.Close()
		})
	}
}

// A deafLoad tries its target until it is told to stop.
type deafLoad struct{ *fakeLoad }

func (deafLoad) Probe(ctx context.Context) ([]*check.Fault, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// An agent that is there, but never gets ready, ends the waiting; its look at the target ends
// with the next run.
func TestAgentNeverGetsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, l *fakeLoad) {
			a.Load = func([]byte, string) (Load, error) {
				l.JobLoad = JobLoad{Job: newJob(t)}
				return deafLoad{l}, nil
			}
		})
		defer s.end()
		if err := s.fleet.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := s.fleet.Probe(t.Context(), newJob(t), []byte(scenario))
		if !errors.Is(err, gauge.ErrAgentLost) || !strings.Contains(err.Error(), "agent0 on host has been trying the target for 10 min") {
			t.Errorf("got %v", err)
		}
		if run, err := s.carry(gauge.Options{}); err != nil || accepted(run, 0) != 50 {
			t.Errorf("the next run: %v", err)
		}
	})
}

// A probedLoad is a deafLoad that says when it is tried no more.
type probedLoad struct {
	deafLoad
	over chan struct{}
}

func (l probedLoad) Probe(ctx context.Context) ([]*check.Fault, error) {
	defer close(l.over)
	return l.deafLoad.Probe(ctx)
}

// An agent that stays for the next fleet does not go on trying the target for this one.
func TestAgentIsLeftWhileItTriesTheTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, l *fakeLoad) {
			a.Load = func([]byte, string) (Load, error) {
				l.JobLoad = JobLoad{Job: newJob(t)}
				return probedLoad{deafLoad{l}, over}, nil
			}
		})
		if err := s.fleet.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := s.fleet.Probe(ctx, newJob(t), []byte(scenario)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		s.fleet.Close()
		time.Sleep(time.Second)
		if !isClosed(over) {
			t.Error("the target is still tried")
		}
		s.cancel[0]()
		s.group.Wait()
	})
}

// A slowLoad looks its target's name up until it is told to stop.
type slowLoad struct{ *fakeLoad }

func (slowLoad) Check(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// An agent ends at once while it prepares a run, by either way to end it.
func TestAgentEndsWhileItPrepares(t *testing.T) {
	for _, way := range []string{"drained", "canceled"} {
		synctest.Test(t, func(t *testing.T) {
			drain := make(chan struct{})
			s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, l *fakeLoad) {
				a.Drain = drain
				a.Load = func([]byte, string) (Load, error) {
					l.JobLoad = JobLoad{Job: newJob(t)}
					return slowLoad{l}, nil
				}
			})
			defer s.end()
			time.AfterFunc(5*time.Second, func() {
				if way == "drained" {
					close(drain)
				} else {
					s.cancel[0]()
				}
			})
			begun := time.Now()
			if _, err := s.carry(gauge.Options{}); !errors.Is(err, gauge.ErrAgentLost) {
				t.Errorf("%s: got %v", way, err)
			}
			s.group.Wait()
			if took := s.endedAt[0].Sub(begun); took > 6*time.Second {
				t.Errorf("%s: ended %v after the begin", way, took)
			}
		})
	}
}

// An agent that takes long to resolve a scenario is heard meanwhile.
func TestAgentTakesLongToPrepare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, l *fakeLoad) {
			a.Load = func([]byte, string) (Load, error) {
				time.Sleep(2 * givenUpAfter)
				l.JobLoad = JobLoad{Job: newJob(t)}
				return l, nil
			}
		})
		defer s.end()
		if run, err := s.carry(gauge.Options{}); err != nil || accepted(run, 0) != 50 || run.Agents[0].Lost != "" || s.said("is lost") {
			t.Errorf("%v, said %q", err, s.says)
		}
	})
}

// What is prepared for a run that is over is not taken for the next.
func TestPreparedTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := true
		s := newStage(t, Options{Agents: 1}, func(_ int, a *AgentOptions, l *fakeLoad) {
			a.Load = func(data []byte, _ string) (Load, error) {
				if string(data) != scenario {
					time.Sleep(5 * time.Second)
					first = false
					return nil, errors.New("it is no scenario")
				}
				if first {
					t.Error("two scenarios are prepared at once")
				}
				l.JobLoad = JobLoad{Job: newJob(t)}
				return l, nil
			}
		})
		defer s.end()
		if err := s.fleet.Gather(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.fleet.ready(ctx, []byte("other"), newJob(t).Plan); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ready at once: %v", err)
		}
		if run, err := s.carry(gauge.Options{}); err != nil || accepted(run, 0) != 50 {
			t.Errorf("the next run: %v", err)
		}
	})
}

// An agent whose load goes on without end is given up. What the others did is not lost.
func TestAgentNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, func(i int, _ *AgentOptions, l *fakeLoad) {
			if i == 1 {
				l.turns = 1 << 30
			}
		})
		defer s.end()
		began := time.Now()
		run, err := s.carry(gauge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < stuckAfter || took > stuckAfter+time.Minute {
			t.Errorf("it took %v", took)
		}
		if mine, other := run.Agents[0], run.Agents[1]; mine.Lost != "" || mine.Messages[0] != 100 || !strings.Contains(other.Lost, "although that part of its load takes 5 s") {
			t.Errorf("agents %+v, %+v", mine, other)
		}
	})
}

// All agents that are there know that the fleet is dissolved when Close returns, and nobody
// waits for one that is not.
func TestClose(t *testing.T) {
	for _, killed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, Options{Agents: 2, Watchers: []string{"mx1"}}, func(_ int, a *AgentOptions, _ *fakeLoad) { a.Once = true })
			defer watchBriefly(t, s)()
			if err := s.fleet.Gather(t.Context()); err != nil {
				t.Fatal(err)
			}
			if killed {
				s.cancel[1]()
				time.Sleep(time.Second)
			}
			began := time.Now()
			s.fleet.Close()
			took := time.Since(began)
			synctest.Wait()
			if took > leavesWithin || !killed && took > 5*s.bus.Delay {
				t.Errorf("one is killed %v: it took %v", killed, took)
			}
			if s.ended[0] != nil || !killed && s.ended[1] != nil || !s.said("the coordinator has ended; waiting for the next") {
				t.Errorf("the agents ended with %v, and said %q", s.ended, s.says)
			}
			time.Sleep(time.Second)
		})
	}
}

// A scenario that has come is held against its sum once, and not with every order.
func TestBlobIsComparedOnce(t *testing.T) {
	data := bytes.Repeat([]byte("x"), 1<<16)
	b := blob{sum: bus.Sum{Size: int64(len(data)), SHA256: sumOf(data)}, data: data}
	if n := testing.AllocsPerRun(10, func() {
		if !b.whole() {
			t.Error("it is not whole")
		}
	}); n > 0 {
		t.Errorf("%g allocations each time", n)
	}
	wrong := blob{sum: bus.Sum{Size: 1, SHA256: sumOf(data)}, data: []byte("x")}
	for range 2 {
		if wrong.whole() {
			t.Error("other data is taken")
		}
	}
}

// What a server says, which may be no text at all, is no reason for the coordinator to drop
// what an agent says of it.
func TestWhatIsNoText(t *testing.T) {
	w, token := wire{}, bus.NewToken()
	var got *bus.Status
	coordinator := bus.NewEnd(w, token)
	if _, err := coordinator.Listen(coordinator.ID(), func(_ string, m bus.Message, _ []byte) { got, _ = m.(*bus.Status) }); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{strings.Repeat("\xff", 5000), strings.Repeat("ä", 5000), "a\xff\x00b"} {
		got = nil
		faults := sentFaults([]*check.Fault{{ID: check.ConnectionRefused, Target: text, Says: text, Do: text}})
		if err := bus.NewEnd(w, token).Send(coordinator.ID(), &bus.Status{Failed: shortened(text), Faults: faults}, nil); err != nil {
			t.Fatal(err)
		}
		if got == nil || got.Failed == "" || len(got.Faults) != 1 {
			t.Errorf("%.20q is dropped", text)
		}
	}
}
