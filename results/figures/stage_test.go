package figures

import (
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A load of 50 to 1,600 messages a second, on a server that takes 700.
func TestStagesSayWhatWasCarried(t *testing.T) {
	p := samples.Ramp{Rates: []int{50, 200, 400, 800, 1600}, Each: 5, Capacity: 700}
	run, _ := madeup.Recorded(t, madeup.Header(p.Plan()), p.Plan(), p.Length(), p.Feed)
	f := Of(run).Flow("submit")
	if len(f.Stages) != 5 {
		t.Fatalf("%d stages, want 5", len(f.Stages))
	}
	var attempted int64
	for i, want := range []struct {
		carried float64
		waiting int64
		grew    time.Duration // -1 if the server kept up
	}{{50, 0, -1}, {200, 0, -1}, {400, 0, -1}, {700, 500, 15 * time.Second}, {700, 5000, 20 * time.Second}} {
		s := &f.Stages[i]
		grew := time.Duration(-1)
		if s.QueueGrewAt != nil {
			grew = *s.QueueGrewAt
		}
		if s.Stage != i+1 || s.Offered != s.From || s.Due != int64(5*s.From) || s.Rate != want.carried || s.Waiting != want.waiting || grew != want.grew {
			t.Errorf("stage %d: %+v, queue since %v, want %+v", i+1, s, grew, want)
		}
		attempted += s.Messages.Attempted
	}
	if attempted != f.Messages.Attempted {
		t.Errorf("the stages have %d messages, the flow %d", attempted, f.Messages.Attempted)
	}
	// The last stage's arrivals waited for up to (5,000 of it and before) / 700 s, and
	// those of the first not at all, although all were done in the end.
	first, last := f.Stages[0].Phases["message"].Response, f.Stages[4].Phases["message"].Response
	if first.Max > 11*time.Millisecond || last.Max < 7*time.Second || last.Count != 8000 {
		t.Errorf("response %+v at first, %+v at last", first, last)
	}
}

func TestStageThatDidNotBeginIsLeftOut(t *testing.T) {
	p := samples.Ramp{Rates: []int{10, 20, 30}, Each: 2, Capacity: 100}
	plan := p.Plan()
	run, _ := madeup.Recorded(t, madeup.Header(plan), plan, 3*time.Second, func(r sample.Recorder) {
		s := sample.Series{Stage: sample.Steady}
		for n := range 3 {
			s.LoadStage = n / 2
			r.Reach(s)
			r.Late(s, 0)
			r.Message(s, sample.Accepted, sample.Steady, 1, 0)
			at := samples.At(time.Duration(n+1) * time.Second)
			if n == 2 {
				r.Window(sample.Series{Stage: sample.Steady}, samples.At(0), at)
			}
			r.Tick(sample.Tick{From: samples.At(time.Duration(n) * time.Second), To: at, Last: n == 2, Open: []int{0}, Peak: []int{1}, Due: []int64{int64(n + 1)}, Begun: []int64{int64(n + 1)}})
		}
	})
	list := Of(run).Flow("submit").Stages
	if len(list) != 2 || list[0].Window != 2*time.Second || list[1].Window != time.Second || list[1].Offered != 1 {
		t.Errorf("stages %+v", list)
	}
}

func TestWhenAQueueBeganToGrow(t *testing.T) {
	for _, c := range []struct {
		name    string
		waiting []int64
		rate    float64
		grew    bool
		since   int // second
	}{
		{"none waits", []int64{0, 0, 0, 0, 0}, 100, false, 0},
		{"from the beginning", []int64{0, 100, 200, 300, 400}, 100, true, 0},
		{"from its middle", []int64{3, 5, 2, 4, 6, 104, 205, 303, 405}, 100, true, 4},
		{"on top of what waited", []int64{500, 600, 700, 800}, 100, true, 0},
		{"that shrinks", []int64{500, 400, 300, 200}, 100, false, 0},
		{"that shrinks and then grows", []int64{900, 500, 100, 200, 300, 400}, 100, true, 2},
		{"that went away again", []int64{0, 200, 400, 200, 3, 0}, 100, false, 0},
		{"chance", []int64{10, 12, 9, 20, 33, 38}, 100, false, 0},
		{"more are under way at a higher rate", []int64{10, 200, 205, 198, 202, 204}, 100, false, 0},
		{"for a second alone", []int64{0, 0, 0, 0, 300}, 100, false, 0},
		{"with a dent", []int64{0, 100, 250, 200, 350, 480}, 100, true, 0},
	} {
		var all []tally.Waiting
		for n, w := range c.waiting {
			all = append(all, tally.Waiting{At: samples.At(time.Duration(n)*time.Second + 3*time.Millisecond), Arrivals: w})
		}
		stage := record.Window{From: samples.At(0), To: samples.At(time.Duration(len(c.waiting)-1) * time.Second)}
		others := []tally.Waiting{{At: samples.At(-time.Second)}, {At: samples.At(time.Duration(len(c.waiting)) * time.Second), Arrivals: 9999}}
		q := queueIn(slices.Concat(others[:1], all, others[1:]), stage, record.Stage{From: c.rate, To: c.rate})
		if q.grew != c.grew || q.atEnd != c.waiting[len(c.waiting)-1] {
			t.Errorf("%s: %+v, want grew %v", c.name, q, c.grew)
		}
		if want := all[c.since].At; c.grew && q.since != want {
			t.Errorf("%s: grew since %v, want %v", c.name, q.since.Time(), want.Time())
		}
	}
}
