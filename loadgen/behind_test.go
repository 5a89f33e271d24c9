package loadgen

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A loop that stood still at the end of its load has more arrivals to count than the passes of the
// drain take, if only the ticks made them.
func TestArrivalsOfALoopThatStoodStillAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const arrivals = 30 * mostAtOnce
		f := &fakeServer{delay: map[string]time.Duration{"body": time.Minute}}
		rec := newTape()
		stalled := &stallingTape{tape: rec, after: 100, stall: 2 * time.Second}
		f.end = f.served.Wait
		t.Cleanup(f.end)
		e, err := New(plan(Load{Stages: stage(time.Second, arrivals), Unit: Messages, MaxSessions: 1}),
			func(int) sample.Recorder { return stalled }, Options{NewDriver: f.driver})
		if err != nil {
			t.Fatal(err)
		}
		f.started = time.Now()
		if _, err := e.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if rec.attempted() != arrivals {
			t.Errorf("%d attempted, want all %d that were due", rec.attempted(), arrivals)
		}
	})
}

// A stallingTape makes the loop stand still once.
type stallingTape struct {
	*tape
	after int // arrivals
	stall time.Duration
}

func (s *stallingTape) Late(of sample.Series, d time.Duration) {
	if s.after--; s.after == 0 {
		time.Sleep(s.stall)
	}
	s.tape.Late(of, d)
}
