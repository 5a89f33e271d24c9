package bench

import (
	"crypto/sha256"
	"testing"
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
			before, sent := int64(0), int64(0)
			r := benchmark(t, "50x", func(b *testing.B) {
				s := Start(b, "relay.yaml", relay("sessions: 8, duration: 1h"), Set("warmup=20ms"), At(l.Addr()))
				before, sent = got.delivered.Load(), 0
				c.loop(b, func() {
					s.Send()
					if sent++; got.delivered.Load() != before+sent {
						t.Errorf("the server has %d messages after %d", got.delivered.Load()-before, sent)
					}
				})
			})
			if before == 0 {
				t.Error("nothing was sent to warm up")
			}
			if r.N != 50 || sent != 50 || got.delivered.Load() != before+50 {
				t.Errorf("N is %d, sent %d, the server has %d: want 50 each", r.N, sent, got.delivered.Load()-before)
			}
			if r.Extra["errors"] != 0 || r.Extra["p50-ns"] <= 0 || r.Extra["p99-ns"] < r.Extra["p50-ns"] || r.Extra["msgs/s"] <= 0 {
				t.Errorf("metrics %v", r.Extra)
			}
		})
	}
}

// What the benchmark's own code takes between two messages is in ns/op, and in
// no message's time.
func TestTimeBetweenMessagesIsNotTheirs(t *testing.T) {
	l := listen(t)
	serve(t, l, &tally{}, nil)
	work := make([]byte, 16<<20)
	r := benchmark(t, "10x", func(b *testing.B) {
		s := Start(b, "relay.yaml", relay("sessions: 1, duration: 1h"), At(l.Addr()))
		for b.Loop() {
			s.Send()
			sha256.Sum256(work)
		}
	})
	if each := float64(r.NsPerOp()); r.Extra["p50-ns"] > each/2 {
		t.Errorf("p50 is %v ns of %v ns an iteration", r.Extra["p50-ns"], each)
	}
}
