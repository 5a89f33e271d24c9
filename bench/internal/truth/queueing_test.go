//go:build linux

package main

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
)

// As many sessions as arrivals: nobody waits, and each response takes the
// delay and what is beside it.
func TestBehaviourIsJudged(t *testing.T) {
	k := known{
		name: "50 ms", delay: func(int64) time.Duration { return 50 * time.Millisecond },
		load: load{open: true, rate: 10, sessions: 100, length: 10 * time.Second},
	}
	all := func(d time.Duration) figure { return figure{Mean: d, P50: d, P90: d, P99: d} }
	const right = 51 * time.Millisecond
	for _, test := range []struct {
		name     string
		count    int
		response time.Duration // 0: none is reported
		missed   int
		says     string
	}{
		{"right", 100, right, 0, "1ms beside the delay"},
		{"within a percent", 100, right + right/101, 0, "lag as reported, waiting included: p50 3ms, p90 0s"},
		{"over a percent", 100, right + right/99, 4, "not ok"},
		{"too few", 99, right, 1, "99 messages were reported, and 100 due: not ok"},
		{"no response times", 100, 0, 1, "no response times were reported: not ok"},
	} {
		a := wire.NewAnalysis(wire.InClear)
		a.Samples[wire.Message] = []time.Duration{right, right - time.Millisecond, right + time.Millisecond}
		reported := reportedPhase{Count: test.count, Service: all(right), Lag: &figure{P50: 3 * time.Millisecond}}
		if test.response > 0 {
			response := all(test.response)
			reported.Response = &response
		}
		r := &result{Flows: map[string]reportedFlow{flow: {Phases: map[string]reportedPhase{"message": reported}}}}
		var out strings.Builder
		if missed := k.judge(&out, a, r, 0); missed != test.missed || !strings.Contains(out.String(), test.says) {
			t.Errorf("%s: %d missed, want %d and %q:\n%s", test.name, missed, test.missed, test.says, out.String())
		}
	}
}

func TestVerdictIsPrintedWithItsReasons(t *testing.T) {
	r := &result{Clock: "kernel"}
	r.Verdict.Valid = true
	var out strings.Builder
	printVerdict(&out, r)
	r.Verdict.Valid, r.Verdict.Reasons = false, json.RawMessage(`["late"]`)
	printVerdict(&out, r)
	if want := "clock kernel\nclock kernel; called invalid: [\"late\"]\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestLower(t *testing.T) {
	var least atomic.Int64
	least.Store(5)
	for _, step := range []struct{ n, want int64 }{{7, 5}, {5, 5}, {3, 3}, {4, 3}} {
		if lower(&least, step.n); least.Load() != step.want {
			t.Errorf("with %d: %d, want %d", step.n, least.Load(), step.want)
		}
	}
}
