package capacity

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A twoServers load has a flow a, and a flow b with a small share of the sessions, whose server is
// gone from a trial on.
type twoServers struct {
	limited
	share   float64 // of b
	gone    int     // the trial; 0 if b's server is there all the while
	refuses bool    // at overload b's sessions are refused

	sessions float64 // of b that are to begin
}

func (s *twoServers) Try(ctx context.Context, rate float64, length time.Duration, _ func([]Block) bool) (Measured, error) {
	m, err := s.limited.Try(ctx, rate, length, func([]Block) bool { return false })
	n := len(s.tried)
	a, b := &figures.Flow{Phases: map[string]*figures.Phase{"mail": {Count: 9}}}, &figures.Flow{}
	s.sessions += s.share * rate * float64(len(m.Blocks))
	begun := int64(s.sessions)
	s.sessions -= float64(begun)
	a.Sessions.Started, b.Sessions.Started = int64(rate), begun
	m.Heard = map[string]time.Time{"a": epoch.Add(time.Duration(n) * time.Minute)}
	dead := s.gone > 0 && n >= s.gone
	switch {
	case begun == 0:
	case dead, s.refuses && rate > s.carries:
		b.Errors = []tally.FailureCount{{Class: "refused", Phase: "connect", Count: begun, Example: "connection refused"}}
		m.Usual, m.Refused, m.Errors = nobodyListens, true, begun
	default:
		b.Phases = a.Phases
		m.Heard["b"] = m.Heard["a"]
	}
	// The second goal is b's: its messages are spread over the trial.
	for i := range m.Blocks {
		c := Count{N: begun*int64(i+1)/int64(len(m.Blocks)) - begun*int64(i)/int64(len(m.Blocks))}
		if b.Errors != nil {
			c.Bad = c.N
		}
		m.Blocks[i].Goals = append(m.Blocks[i].Goals, c)
	}
	res := &figures.Result{FlowOrder: []string{"a", "b"}, Flows: map[string]*figures.Flow{"a": a, "b": b}}
	m.Silent, m.Unused = silences(res), unused(res)
	return m, err
}

var goalsOfTwo = []Goal{goalOfQueue, {Expr: "b.errors < 50%", Share: 0.5, OfMessages: true, flow: 1}}

// If the server of a flow with few sessions is gone, the search names it, whatever part of the
// search it was, and whether it ever answered or not.
func TestServerOfASmallFlowIsGone(t *testing.T) {
	for _, share := range []float64{0.001, 0.004, 0.02} {
		whole, err := Search(t.Context(), &twoServers{limited: limited{carries: 500}, share: share}, Plan{Goals: goalsOfTwo}, nil)
		if err != nil || whole.By != ByServer || whole.Range.Low > 500 || whole.Range.High < 500 {
			t.Fatalf("both are there: limited by the %s at %v, %v", whole.By, whole.Range, err)
		}
		for gone := 1; gone <= len(whole.Trials)-2; gone += 3 {
			s := &twoServers{limited: limited{carries: 500}, share: share, gone: gone}
			a, err := Search(t.Context(), s, Plan{Goals: goalsOfTwo}, nil)
			if err != nil {
				t.Fatal(err)
			}
			r := reported(t, a, 0)
			if a.By != ByGone || r.Verdict.Word != criteria.Failed || r.Gone == nil || !slices.Equal(r.Gone.Flows, []string{"b"}) {
				t.Errorf("share %v, gone in trial %d of %d: limited by the %s after %d: %s", share, gone, len(whole.Trials), a.By, len(a.Trials), r.Verdict)
				continue
			}
			if took := whole.Took + 5*time.Minute; a.Took > took {
				t.Errorf("share %v, gone in trial %d: it took %v", share, gone, a.Took)
			}
		}
	}
}

// A server that refuses the sessions of a small flow at overload is none that is gone.
func TestOverloadRefusesASmallFlow(t *testing.T) {
	for _, share := range []float64{0.001, 0.004, 0.02} {
		for _, from := range []float64{10, 400, 1000, 8000} {
			s := &twoServers{limited: limited{carries: 500}, share: share, refuses: true}
			a, err := Search(t.Context(), s, Plan{From: from, Goals: goalsOfTwo}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if a.By != ByServer || a.Range.Low > 500 || a.Range.High < 500 {
				t.Errorf("share %v, from %v: limited by the %s at %v: %s", share, from, a.By, a.Range, a.Why)
			}
		}
	}
}
