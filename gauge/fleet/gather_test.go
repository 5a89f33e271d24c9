package fleet

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
)

// An agent that is started again while the fleet gathers has the place and the name of the
// one before, or if it is so quick that this one is not missed yet, another's place is free.
func TestRestartWhileGathering(t *testing.T) {
	for name, again := range map[string]time.Duration{"at once": 0, "soon": 2 * time.Second, "late": 10 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var options AgentOptions
				s := newStage(t, Options{Agents: 2}, func(i int, a *AgentOptions, _ *fakeLoad) {
					if i == 0 {
						options = *a
					} else {
						a.Version = "2" // the second has no place
					}
				})
				defer s.end()
				time.Sleep(2 * time.Second)
				s.cancel[0]()
				time.Sleep(again)
				ended := make(chan error, 2)
				for _, name := range []string{"agent0", "other"} {
					a := options
					a.Name, a.Load = name, func([]byte, string) (Load, error) { return &fakeLoad{JobLoad: JobLoad{Job: newJob(t)}}, nil }
					ctx, cancel := context.WithCancel(t.Context())
					s.cancel = append(s.cancel, cancel)
					s.group.Go(func() { ended <- Serve(ctx, s.bus, s.token, a) })
					time.Sleep(100 * time.Millisecond)
				}
				run, err := s.carry(gauge.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if accepted(run, 0) != 100 || len(run.Agents) != 2 {
					t.Fatalf("%d accepted, agents %+v", accepted(run, 0), run.Agents)
				}
				want := "agent0"
				if again == 0 {
					want = "agent0-2"
				}
				for i, a := range run.Agents {
					if a.Lost != "" || a.Number != i+1 || a.Name != want && a.Name != "other" {
						t.Errorf("agent %+v, want %s", a, want)
					}
				}
				if len(ended) > 0 {
					t.Errorf("an agent has gone: %v", <-ended)
				}
			})
		})
	}
}

// An agent that was silent while the fleet gathered keeps its place if nobody took it.
func TestBackWhileGathering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, nil)
		defer s.end()
		s.lines[0].set(true)
		time.Sleep(4 * time.Second)
		s.lines[0].set(false)
		run, err := s.carry(gauge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if accepted(run, 0) != 100 || run.Agents[0].Lost != "" || run.Agents[0].Name != "agent0" {
			t.Errorf("agents %+v", run.Agents)
		}
		if !s.said("another may take its place: 1 of 2") {
			t.Errorf("said %q", s.says)
		}
	})
}
