//go:build linux

package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestAgrees(t *testing.T) {
	const us = time.Microsecond
	for _, test := range []struct {
		wire, reported time.Duration
		want           bool
	}{
		{100 * us, 120 * us, true},
		{100 * us, 80 * us, true},
		{100 * us, 121 * us, false},
		{10000 * us, 10300 * us, true},
		{10000 * us, 9699 * us, false},
	} {
		if got := agrees(test.wire, test.reported); got != test.want {
			t.Errorf("%v reported for %v agrees: %v, want %v", test.reported, test.wire, got, test.want)
		}
	}
}

const telling = `{"clock": "kernel", "verdict": {"valid": true}, "flows": {"truth": {
	"messages_per_second": 10, "phases": {
		"mail": {"count": 200, "service": {"p50_ns": 100000, "p90_ns": 100000, "p99_ns": 100000}},
		"rcpt": {"count": 200, "service": {"p50_ns": 100000, "p90_ns": 100000, "p99_ns": 150000}},
		"data": {"count": 199, "service": {"p50_ns": 100000, "p90_ns": 100000, "p99_ns": 100000}},
		"quit": {"count": 5, "service": {"p50_ns": 900000}},
		"message": {"count": 200, "service": {}, "response": {"p50_ns": 7}, "lag": {"p99_ns": 8}}}}}}`

func TestCompare(t *testing.T) {
	r, err := readResult([]byte(telling))
	if err != nil {
		t.Fatal(err)
	}
	a := wire.NewAnalysis(wire.InClear)
	for range 200 {
		for _, p := range []wire.Phase{wire.Mail, wire.Rcpt, wire.Data} {
			a.Samples[p] = append(a.Samples[p], 110*time.Microsecond)
		}
	}
	a.Samples[wire.Quit] = make([]time.Duration, 5)
	got := map[wire.Phase]string{}
	for _, c := range compare(a, r) {
		got[c.phase] = c.verdict()
	}
	want := map[wire.Phase]string{
		wire.Mail: "ok", wire.Rcpt: "not ok", wire.Data: "counts differ", wire.Quit: "few", wire.Message: "counts differ",
	}
	for p, v := range want {
		if got[p] != v {
			t.Errorf("%s: %q, want %q", p, got[p], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("verdicts %v, want %v", got, want)
	}
	var out strings.Builder
	if missed := printComparison(&out, a, r); missed != 3 {
		t.Errorf("%d missed, want 3:\n%s", missed, out.String())
	}
}

func TestReadResultWantsTheFlow(t *testing.T) {
	if _, err := readResult([]byte(`{"flows": {"other": {}}}`)); err == nil {
		t.Error("a result without the flow passes")
	}
}

func TestLoadText(t *testing.T) {
	l := load{open: true, rate: 99.6, process: pace.Poisson, sessions: 7, length: 20 * time.Second, perSession: 10, size: 1024}
	text, err := l.text("2600", sample.TLSImplicit, "ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"tls: {ca: ca.pem, server_name: lab.example.test, curves: [X25519]}", "tls: implicit",
		"load: {rate: 100 messages/s, arrivals: poisson, max_sessions: 7, duration: 20s}",
		"session: {messages: 10, pipelining: off}",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
	if text, err = (load{sessions: 4, length: time.Second}).text("2600", sample.TLSNone, ""); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"tls: none", "load: {sessions: 4, duration: 1s}"} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
}

func TestDues(t *testing.T) {
	even := dues(load{rate: 100, length: 2 * time.Second})
	if len(even) != 200 {
		t.Errorf("%d are due in 2 s at 100 a second", len(even))
	}
	chance := dues(load{rate: 1000, process: pace.Poisson, length: 2 * time.Second})
	if n := float64(len(chance)); math.Abs(n-2000) > 5*math.Sqrt(2000) {
		t.Errorf("%v are due in 2 s at 1,000 a second by chance", n)
	}
}

func TestPrintQueue(t *testing.T) {
	expected := wire.Distribution{Mean: 1000, P50: 1000, P90: 1000, P99: 1000}
	var out strings.Builder
	reported := figure{Mean: 1010, P50: 990, P90: 1011, P99: 980}
	if missed := printQueue(&out, expected, reported, figure{}); missed != 2 {
		t.Errorf("%d missed, want 2:\n%s", missed, out.String())
	}
}

// The server and the simulation of a behaviour must mean the same.
func TestBehaviours(t *testing.T) {
	for _, k := range behaviours(10 * time.Second) {
		serve := k.server()
		for seq := range int64(100) {
			if got, want := serve(k.verb, seq), k.delay(seq); got != want {
				t.Errorf("%s: message %d is delayed by %v, and taken to be by %v", k.name, seq, got, want)
			}
		}
		due := []time.Duration{0, time.Hour}
		const first = 7
		k.stall = 0
		messages := []time.Duration{k.delay(first) + time.Millisecond, k.delay(first+1) + 3*time.Millisecond}
		got, beside := k.expected(due, first, messages)
		if beside != 2*time.Millisecond {
			t.Errorf("%s: %v beside the delay, want 2ms", k.name, beside)
		}
		for n := range due {
			if want := k.delay(first+int64(n)) + beside; got[n] != want {
				t.Errorf("%s: response %d is %v, want %v", k.name, n, got[n], want)
			}
		}
	}
}

func TestStallInExpectation(t *testing.T) {
	k := behaviours(10 * time.Second)[2]
	k.stall = 1
	due := []time.Duration{0, time.Second, 2 * time.Second}
	got, _ := k.expected(due, 0, []time.Duration{k.delay(0), k.delay(0), stallFor})
	want := []time.Duration{k.delay(0), stallFor + k.delay(0), time.Second + k.delay(0)}
	for n := range want {
		if got[n] != want[n] {
			t.Errorf("responses %v, want %v", got, want)
			break
		}
	}
}
