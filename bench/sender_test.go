package bench

import (
	"crypto/sha256"
	"testing"
	"time"
)

func TestSenderSendsOneAtATime(t *testing.T) {
	for _, c := range []struct {
		name string
		loop func(b *testing.B, send func())
	}{
		{"Loop", func(b *testing.B, send func()) {
			for b.Loop() {
				send()
			}
		}},
		{"N", func(b *testing.B, send func()) {
			for range b.N {
				send()
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, got := listen(t), &tally{}
			serve(t, l, got, nil)
			var r testing.BenchmarkResult
			before, sent, warm := int64(0), int64(0), false
			untilWarm(func(warmup string) bool {
				r = benchmark(t, "50x", func(b *testing.B) {
					cold := got.delivered.Load()
					s := Start(b, "relay.yaml", relay("sessions: 8, duration: 1h"), Set(warmup), At(l.Addr()))
					before, sent = got.delivered.Load(), 0
					warm = before > cold
					c.loop(b, func() {
						s.Send()
						if sent++; got.delivered.Load() != before+sent {
							t.Errorf("the server has %d messages after %d", got.delivered.Load()-before, sent)
						}
					})
				})
				return warm
			})
			if r.N != 50 || sent != 50 || got.delivered.Load() != before+50 {
				t.Errorf("N is %d, sent %d, the server has %d: want 50 each", r.N, sent, got.delivered.Load()-before)
			}
			if r.Extra["errors"] != 0 || r.Extra["p50-ns"] <= 0 || r.Extra["p99-ns"] < r.Extra["p50-ns"] || r.Extra["msgs/s"] <= 0 {
				t.Errorf("metrics %v", r.Extra)
			}
		})
	}
}

// The time of the benchmark's own code is in ns/op, but not in the time of a message.
func TestTimeBetweenMessagesIsNotTheirs(t *testing.T) {
	l := listen(t)
	serve(t, l, &tally{}, nil)
	work := make([]byte, 16<<20)
	var between time.Duration
	r := benchmark(t, "1x", func(b *testing.B) {
		s := Start(b, "relay.yaml", relay("sessions: 1, duration: 1h"), At(l.Addr()))
		for b.Loop() {
			s.Send()
			done := time.Now()
			sha256.Sum256(work)
			between = time.Since(done)
		}
	})
	// There is one message, so its time is the p50, to a thousandth.
	if message, each := r.Extra["p50-ns"], float64(r.NsPerOp()); .999*message > each-float64(between) {
		t.Errorf("the message took %v ns of %v ns, and the work after it %v", message, each, between)
	}
}
