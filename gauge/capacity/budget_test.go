package capacity

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A slowToDrain server is a fast one that does not finish what is under way for as long as it
// is let.
type slowToDrain struct {
	limited
	drains time.Duration
	hangs  bool // and a trial goes on until it is stopped
}

func (s *slowToDrain) Try(ctx context.Context, rate float64, length time.Duration, enough func([]Block) bool) (Measured, error) {
	begun := time.Now()
	m, err := s.limited.Try(ctx, rate, length, enough)
	time.Sleep(time.Duration(len(m.Blocks)) * time.Second)
	if s.hangs {
		<-ctx.Done()
		return Measured{}, gauge.ErrInterrupted
	}
	select {
	case <-time.After(s.drains):
	case <-ctx.Done():
		m.Undrained = true
	}
	m.Took = time.Since(begun)
	return m, err
}

// What is under way when the deadline passes is cut off. A trial that was measured by then
// counts, and any other is interrupted.
func TestTrialWithADeadline(t *testing.T) {
	for _, seconds := range []int{3, 2} {
		job := jobOf(t, openFlow)
		goals, err := GoalsOf(job.Plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		target, err := NewTarget(job, goals, TargetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		run := madeup.Stored(t, madeup.Header(job.Plan), job.Plan, func(sample.Recorder) {})
		target.UseAgents(nil, func(ctx context.Context, _ *gauge.Job, o gauge.Options) (*record.Run, error) {
			for range seconds {
				time.Sleep(time.Second)
				o.OnInterval(&record.Progress{Length: time.Second, Flows: make([]record.FlowProgress, 1)})
			}
			<-ctx.Done() // the server does not finish what is under way
			return run, nil
		})
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			m, err := target.Try(ctx, 30, 3*time.Second, func([]Block) bool { return false })
			if seconds == 3 && (err != nil || !m.Undrained || m.Took != 10*time.Second) {
				t.Errorf("measured in time: %v, undrained %v, took %v", err, m.Undrained, m.Took)
			}
			if seconds == 2 && !errors.Is(err, gauge.ErrInterrupted) {
				t.Errorf("not measured in time: %v", err)
			}
		})
	}
}

// A server that does not finish what is under way keeps no search going: it ends with its
// budget, and says what used it up.
func TestDrainingEndsWithTheBudget(t *testing.T) {
	const budget = time.Minute
	for _, c := range []struct {
		name   string
		server slowToDrain
		why    string
	}{
		{"an hour", slowToDrain{limited: limited{carries: 500}, drains: time.Hour}, "the server had not finished what was under way 1.10 min after the end of the last trial"},
		{"half a minute", slowToDrain{limited: limited{carries: 500}, drains: 28 * time.Second}, "the server took 56.0 s of the 1.07 min to finish what was under way"},
		{"a trial that hangs", slowToDrain{limited: limited{carries: 500}, hangs: true}, "the trial at 10.0/s was not over in time"},
	} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			a, err := Search(t.Context(), &c.server, Plan{Budget: budget, Goals: []Goal{goalOfQueue}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begun); took > budget+DrainGrace {
				t.Errorf("%s: the search took %v of %v", c.name, took, budget)
			}
			if a.By != ByBudget || !strings.Contains(a.Why, c.why) {
				t.Errorf("%s: limited by the %s: %s", c.name, a.By, a.Why)
			}
		})
	}
}
