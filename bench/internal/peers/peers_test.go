//go:build linux

package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/bench/internal/yardstick"
)

func TestMeasure(t *testing.T) {
	u, out, err := measure(t.Context(), time.Minute, []string{"sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo done"})
	if err != nil || out != "done\n" {
		t.Fatalf("%q, %v", out, err)
	}
	if u.cpu <= 0 || u.wall < u.cpu/2 || u.peak <= 0 || u.sleeps < 0 {
		t.Errorf("a shell that counts took %+v", u)
	}
}

func TestMeasureKillsWhatLasts(t *testing.T) {
	_, _, err := measure(t.Context(), 50*time.Millisecond, []string{"sleep", "60"})
	if err == nil || !strings.Contains(err.Error(), "still running after 50ms") {
		t.Errorf("sleep ended with %v", err)
	}
}

// The ratio is computed for each round. Here it is ½ in every round, but the ratio of the medians
// is another.
func TestRatiosWithinRounds(t *testing.T) {
	s := newSeries()
	for _, slow := range []time.Duration{1, 10, 3} {
		s.runs[ours] = append(s.runs[ours], usage{cpu: 10 * slow, done: 1})
		s.runs[floor] = append(s.runs[floor], usage{cpu: 20 * slow, done: 1})
	}
	got, ok := s.ratios(ours, floor, usage.perMessage)
	if !ok || got != (harness.Spread{Median: .5, Low: .5, High: .5}) {
		t.Errorf("%v, %v", got, ok)
	}
	s.failed[floor] = errors.New("lost")
	if _, ok := s.ratios(ours, floor, usage.perMessage); ok {
		t.Error("a ratio to a client that failed")
	}
}

func TestVerdicts(t *testing.T) {
	s := newSeries()
	s.rounds = 1
	run := func(c client, us time.Duration) {
		s.runs[c] = []usage{{cpu: us * time.Microsecond, wall: 4 * time.Second, done: 1, peak: 100 << 20}}
		s.alone[c] = []usage{{peak: 20 << 20}}
	}
	run(ours, 300)
	run(oursPlain, 100)
	run(openSSL, 600)
	run(dialOnly, 100)
	trial := trial{work: work{sessions: 10001}}
	base := func(name string) *series {
		if name == "same" {
			return s
		}
		return nil
	}
	for _, test := range []struct {
		target target
		want   string
	}{
		{target{metric: cpu, against: openSSL, bound: .5}, "0.50 (0.50–0.50), met"},
		{target{metric: cpu, against: openSSL, bound: .49}, "0.50 (0.50–0.50), missed"},
		{target{metric: rate, against: openSSL, bound: 1.3, atLeast: true}, "1.00 (1.00–1.00), missed"},
		{target{metric: rate, against: openSSL, bound: .9, atLeast: true}, "1.00 (1.00–1.00), met"},
		{target{metric: handshake, against: openSSL, bound: .45}, "0.40 (0.40–0.40), met"},
		{target{metric: memory, bound: 9 << 10}, "8.2 (8.2–8.2) KiB, met"},
		{target{metric: growth, base: "same", bound: 1.3}, "1.00 (1.00–1.00), met"},
		{target{metric: growth, base: "other", bound: 1.3}, "not measured"},
		{target{metric: cpu, against: floor, bound: 1}, "not measured"},
	} {
		if got := s.verdict(test.target, trial, base); got != test.want {
			t.Errorf("%s: %s, want %s", test.target, got, test.want)
		}
	}
	run(floor, 150)
	const want = "0.50 (0.50–0.50), missed; the floor: 0.25 (0.25–0.25)"
	if got := s.verdict(target{metric: cpu, against: openSSL, bound: .3}, trial, base); got != want {
		t.Errorf("with a floor: %s, want %s", got, want)
	}
	run(twoShards, 330)
	run(twoFloors, 180)
	const shared = "1.10 (1.10–1.10), missed; the floor: 1.20 (1.20–1.20)"
	if got := s.verdict(target{metric: sharing, against: twoShards, bound: 1.05}, trial, base); got != shared {
		t.Errorf("in two shards: %s, want %s", got, shared)
	}
}

func TestRefusesWorkNotDone(t *testing.T) {
	w := work{size: 100}
	good := harness.Counts{Counts: yardstick.Counts{Connections: 2, Messages: 10, Quits: 2, Bytes: 1010}}
	if err := agree(w, 10, good); err != nil {
		t.Errorf("refuses what is right: %v", err)
	}
	for name, spoil := range map[string]func(*harness.Counts){
		"lost":      func(c *harness.Counts) { c.Messages-- },
		"twice":     func(c *harness.Counts) { c.Messages++ },
		"no QUIT":   func(c *harness.Counts) { c.Quits-- },
		"errors":    func(c *harness.Counts) { c.Errors++ },
		"too short": func(c *harness.Counts) { c.Bytes = 900 },
	} {
		c := good
		spoil(&c)
		if agree(w, 10, c) == nil {
			t.Errorf("%s: passes", name)
		}
	}
	if handshakes(work{security: fullTLS}, harness.Counts{Handshakes: 9, Resumed: 1}) == nil {
		t.Error("a resumed handshake passes as full")
	}
	if handshakes(work{security: resumeTLS, sessions: 2}, harness.Counts{Handshakes: 9, Resumed: 4}) == nil {
		t.Error("full handshakes pass as resumed")
	}
}

func TestJudged(t *testing.T) {
	s := newSeries()
	_, _, failure := measure(t.Context(), time.Minute, []string{"sh", "-c", "exit 1"})
	if err := s.judged(`{"verdict": {"valid": false, "reasons": ["busy"]}}`, failure); err != nil {
		t.Errorf("an invalid run is a failure: %v", err)
	}
	if s.doubts[`"busy"`] != 1 {
		t.Errorf("doubts: %v", s.doubts)
	}
	if s.judged("", failure) == nil {
		t.Error("a run without a result passes")
	}
	if s.judged(`{"verdict": {"valid": true}}`, failure) == nil {
		t.Error("a run that failed otherwise passes")
	}
}

func TestScenario(t *testing.T) {
	w := work{sessions: 20, messages: 100, size: 1024, reconnect: true, security: resumeTLS}
	text, err := scenarioText(w, "2600", "ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"tls: {ca: ca.pem, server_name: lab.example.test, curves: [X25519], resumption: true}",
		"port: 2600", "tls: implicit", "load: {sessions: 20, messages: 100}",
		"session: {messages: 1, pipelining: off}", "message: {size: 1024B}",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
}
