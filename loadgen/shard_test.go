package loadgen

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// In however many shards the load is divided, together they begin the arrivals that
// one shard would.
func TestShardsTogetherAreTheWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{}
		p := plan(Load{Stages: stage(time.Second, 101), Unit: Sessions, MaxSessions: 50})
		p.Flows[0].Session.Messages = 1
		var tapes []*tape
		e, err := New(p, func(int) sample.Recorder { tapes = append(tapes, newTape()); return tapes[len(tapes)-1] },
			Options{Shards: 3, NewDriver: f.driver})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.served.Wait)
		f.started = time.Now()
		if _, err := e.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, rec := range tapes {
			n += rec.outcomes[sample.Accepted]
		}
		if n != 101 {
			t.Errorf("three shards sent %d, want 101", n)
		}
		slices.Sort(f.dials)
		for i := 1; i < len(f.dials); i++ {
			if f.dials[i] == f.dials[i-1] {
				t.Fatalf("two sessions at %v: shards share an arrival", f.dials[i])
			}
		}
	})
}

// A shard without a session has no message to wait for.
func TestFewerSessionsThanShards(t *testing.T) {
	for i, sessions := range []int{1, 2, 3, 5, 1, 2, 5} {
		threads := i / 4 * 2 // one a shard, and then fewer
		synctest.Test(t, func(t *testing.T) {
			f := &fakeServer{}
			p := plan(Load{Sessions: sessions, Messages: 10})
			var tapes []*tape
			e, err := New(p, func(int) sample.Recorder { tapes = append(tapes, newTape()); return tapes[len(tapes)-1] },
				Options{Shards: 3, Threads: threads, NewDriver: f.driver})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(f.served.Wait)
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			report, err := e.Run(ctx)
			if err != nil || report.Interrupted {
				t.Fatalf("%d sessions: %v, interrupted %v: want it to end by itself", sessions, err, report.Interrupted)
			}
			n := 0
			for _, rec := range tapes {
				n += rec.outcomes[sample.Accepted]
			}
			if n != 10 {
				t.Errorf("%d sessions in three shards sent %d messages, want 10", sessions, n)
			}
		})
	}
}
