//go:build linux

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

// begun is a capture in which something began so much later than it was due.
func begun(due []time.Duration, late func(n int) time.Duration) []wire.Time {
	var times []wire.Time
	for n, at := range due {
		times = append(times, wire.Time(time.Hour+at+late(n)))
	}
	return times
}

// lagging returns a result that reports the lag of a span.
func lagging(span wire.Phase, p99 time.Duration) *result {
	return &result{Flows: map[string]reportedFlow{flow: {Phases: map[string]reportedPhase{string(span): {Lag: &figure{P99: p99}}}}}}
}

func TestPacing(t *testing.T) {
	punctual := func(int) time.Duration { return 0 }
	even := load{open: true, rate: 100, sessions: 10, length: 20 * time.Second}
	chance := even
	chance.process = pace.Poisson
	sessions := even
	sessions.bySession = true
	for _, test := range []struct {
		name   string
		load   load
		late   func(n int) time.Duration
		result *result
		drop   int // arrivals that never came
		want   []string
	}{
		{name: "on time", load: even, late: punctual, result: lagging(wire.Message, time.Microsecond)},
		{name: "by chance", load: chance, late: punctual, result: lagging(wire.Message, time.Microsecond)},
		{name: "sessions", load: sessions, late: punctual, result: lagging(wire.Session, time.Microsecond)},
		{
			name: "late as reported", load: even, late: punctual, result: lagging(wire.Message, time.Millisecond),
			want: []string{"lag as reported: p50 0s, p99 1ms: not ok"},
		}, {
			name: "nothing reported of messages", load: even, late: punctual, result: lagging(wire.Session, 0),
			want: []string{"no lag was reported: not ok"},
		}, {
			name: "lost", load: even, late: punctual, result: lagging(wire.Message, 0), drop: 1,
			want: []string{"1999 arrivals on the wire, 2000 due: not ok"},
		}, {
			name: "slow", load: even, result: lagging(wire.Message, 0),
			late: func(n int) time.Duration { return time.Duration(n) * 20 * time.Microsecond }, // 0.2 % of the gap
			want: []string{"a second achieved of 100.00: not ok"},
		}, {
			name: "in bursts", load: chance, result: lagging(wire.Message, 0),
			late: func(n int) time.Duration { return -time.Duration(n%20) * time.Millisecond },
			want: []string{"gaps exponential"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			times := begun(dues(test.load), test.late)
			times = times[test.drop:]
			a := wire.NewAnalysis(wire.InClear)
			if test.load.bySession {
				a.Begun = times
			} else {
				a.Mailed = times
			}
			var out strings.Builder
			f := findings{w: &out}
			f.pacing(test.load, a, test.result)
			if f.missed != len(test.want) || strings.Count(out.String(), ": not ok\n") != f.missed {
				t.Errorf("%d missed, want %d", f.missed, len(test.want))
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("does not say %q", want)
				}
			}
			if t.Failed() {
				t.Log(out.String())
			}
		})
	}
}
