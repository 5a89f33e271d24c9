package capacity_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/madeup/servers"
)

// TestRangesHoldTheTruth searches for the capacity of servers that are drawn at random:
// a slice of what "make capacity-proof" counts.
func TestRangesHoldTheTruth(t *testing.T) {
	const each = 2
	for _, kind := range servers.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			held := 0
			for seed := range uint64(each) {
				c := servers.Draw(kind, rand.New(rand.NewPCG(seed, 20)))
				a, err := capacity.Search(t.Context(), c.Server, c.Plan, nil)
				if err != nil {
					t.Fatal(err)
				}
				if truth := c.Truth(c.Server.Now); a.Range.Low <= truth && truth <= a.Range.High {
					held++
				} else {
					t.Logf("%s: range %v, and the truth is %.1f", c.Says, a.Range, truth)
				}
				if a.By != capacity.ByServer {
					t.Errorf("%s: limited by the %s", c.Says, a.By)
				}
			}
			if held < each {
				t.Errorf("%d of %d ranges hold the truth", held, each)
			}
		})
	}
}

// goalOf250 is the goal of servers that are not drawn.
var goalOf250 = capacity.Goal{Expr: "message.response.p99 < 250ms", Share: 0.01, Limit: 250 * time.Millisecond, OfMessages: true}

// steady is a server that takes a message after the other, as fast as speed says.
func steady(speed func(now float64) float64) *servers.Server {
	return &servers.Server{
		Random: rand.New(rand.NewPCG(1, 1)), Workers: 1, Goal: goalOf250,
		Service: func(_ *servers.Server, now float64, _ int) float64 { return 1 / speed(now) },
	}
}

// A server that is another one in the end is searched again: the answer is what it carries
// by then.
func TestSearchFollowsAServerThatChanges(t *testing.T) {
	for _, c := range []struct {
		name  string
		speed func(now float64) float64
		want  float64
	}{
		{"slower", func(now float64) float64 {
			if now > 150 {
				return 600
			}
			return 700
		}, 600},
		{"caches become warm", func(now float64) float64 { return min(700, 400+1.5*now) }, 700},
	} {
		a, err := capacity.Search(t.Context(), steady(c.speed), capacity.Plan{Width: 0.1, Goals: []capacity.Goal{goalOf250}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.By != capacity.ByServer || a.Range.Low > c.want || a.Range.High < 0.99*c.want || a.Range.High > 1.1*c.want {
			t.Errorf("%s: range %v, limited by the %s; the server carries %.0f messages/s by now", c.name, a.Range, a.By, c.want)
		}
	}
}

// A search that its budget ends while it narrows its interval down has no lower end: a
// short trial may pass above the capacity.
func TestSearchCutShortClaimsNoLowerEnd(t *testing.T) {
	const trial, trials, each = 5 * time.Second, 12, 10
	above := 0 // the highest rate that passed was more than the server carries
	for _, kind := range servers.Kinds {
		for seed := range uint64(each) {
			c := servers.Draw(kind, rand.New(rand.NewPCG(seed, 21)))
			c.Plan.Trial, c.Plan.Budget = trial, trials*trial
			a, err := capacity.Search(t.Context(), c.Server, c.Plan, nil)
			if err != nil {
				t.Fatal(err)
			}
			truth := c.Truth(c.Server.Now)
			if a.By != capacity.ByBudget || a.Range.Low > 0 || a.Range.Best > 0 || a.Range.High > 0 && a.Range.High < truth {
				t.Errorf("%s: range %v, limited by the %s, and the truth is %.1f", c.Says, a.Range, a.By, truth)
			}
			for _, one := range a.Trials {
				if one.Outcome == capacity.Pass && one.Rate > truth {
					above++
					break
				}
			}
		}
	}
	if above == 0 {
		t.Error("no trial passed above the capacity: this shows nothing")
	}
}
