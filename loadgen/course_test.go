package loadgen

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestCourseFindsTheStage(t *testing.T) {
	c := newCourse([]pace.Stage{{For: 2 * time.Second}, {For: time.Second}, {}, {For: time.Second}})
	c.from = 10 * time.Second
	for _, at := range []struct {
		seconds float64
		stage   int
	}{{5, 0}, {10, 0}, {11.9, 0}, {12, 1}, {13, 3}, {99, 3}, {12.5, 1}, {10, 0}, {13.5, 3}} {
		if got := c.at(time.Duration(at.seconds * float64(time.Second))); got != at.stage {
			t.Errorf("stage %d at %v s, want %d", got, at.seconds, at.stage)
		}
	}
}

// A stagedTape keeps by load stage what was due in it, and what ended while it lasted.
type stagedTape struct {
	sample.Nothing
	late, lag, messages, warm map[int]int
	replies                   map[int]int // after the warm-up
	reached                   []int
}

func (t *stagedTape) Late(s sample.Series, _ time.Duration) { t.in(s, t.late)[s.LoadStage]++ }
func (t *stagedTape) Lag(s sample.Series, _ sample.Phase, _ time.Duration) {
	t.in(s, t.lag)[s.LoadStage]++
}
func (t *stagedTape) Message(s sample.Series, _ sample.Outcome, _ sample.Stage, _, _ int) {
	t.in(s, t.messages)[s.LoadStage]++
}
func (t *stagedTape) Unstamped(s sample.Series) {
	if s.Stage == sample.Steady {
		t.replies[s.LoadStage]++
	}
}
func (t *stagedTape) Reach(s sample.Series) { t.reached = append(t.reached, s.LoadStage) }

func (t *stagedTape) in(s sample.Series, m map[int]int) map[int]int {
	if s.Stage == sample.Warmup {
		return t.warm
	}
	return m
}

// One session takes 50 messages a second: those of the second stage, which offers 100,
// are done in the third, and count in the second. So do their replies, though the session
// began in the warm-up.
func TestArrivalsCountInTheStageThatTheyWereDueIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{delay: map[string]time.Duration{"body": 20 * time.Millisecond}}
		p := plan(Load{
			Stages: []pace.Stage{{For: time.Second, From: 10, To: 10}, {For: 2 * time.Second, From: 100, To: 100}, {For: 3 * time.Second, From: 20, To: 20}},
			Unit:   Messages, MaxSessions: 1,
		})
		p.Warmup = time.Second
		f.end = f.served.Wait
		t.Cleanup(f.end)
		rec := &stagedTape{late: map[int]int{}, lag: map[int]int{}, messages: map[int]int{}, warm: map[int]int{}, replies: map[int]int{}}
		e, err := New(p, func(int) sample.Recorder { return rec }, Options{NewDriver: f.driver})
		if err != nil {
			t.Fatal(err)
		}
		f.started = time.Now()
		if _, err := e.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[int]int{0: 10, 1: 200, 2: 60}
		for name, got := range map[string]map[int]int{"late": rec.late, "lag": rec.lag, "messages": rec.messages} {
			if !maps.Equal(got, want) {
				t.Errorf("%s by stage %v, want %v", name, got, want)
			}
		}
		if !maps.Equal(rec.warm, map[int]int{0: 30}) { // each is late, has a lag and is a message
			t.Errorf("of the warm-up %v", rec.warm)
		}
		if want := map[int]int{0: 4 * 10, 1: 4 * 200, 2: 4 * 60}; !maps.Equal(rec.replies, want) { // MAIL, RCPT, DATA, body
			t.Errorf("replies by stage %v, want %v", rec.replies, want)
		}
		if !slices.Equal(rec.reached, []int{0, 1, 2}) {
			t.Errorf("reached %v", rec.reached)
		}
	})
}
