package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// smallPlan loads a server of the test's own.
func smallPlan(t *testing.T, load string) *loadgen.Plan {
	t.Helper()
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	text := fmt.Sprintf("name: small\ntarget: {host: 127.0.0.1}\nflows:\n  relay: {port: %d, tls: none, load: {%s}}\n",
		sink.Addrs()[0].(*net.TCPAddr).Port, load)
	_, p, err := resolve(scenarios.Parse("small.yaml", []byte(text), scenarios.LoadOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMeasurementShowsItsProgress(t *testing.T) {
	p := smallPlan(t, "sessions: 2, messages: 50")
	shown := 0
	run, err := measure(interruption{ctx: t.Context()}, p, new(bytes.Buffer), func(i *results.Interval) {
		shown++
		if got := newProgress(p, i, false); got.name != "small" || len(got.flows) != 1 || got.flows[0].name != "relay" {
			t.Errorf("progress %+v", got)
		}
	})
	if err != nil || run.Result().Flows["relay"].Messages.Accepted != 50 || shown == 0 {
		t.Errorf("%v, %+v, shown %d times", err, run, shown)
	}
}

func TestCanceledMeasurementIsARunAllTheSame(t *testing.T) {
	p := smallPlan(t, "sessions: 1, duration: 10m")
	ctx, cancel := context.WithCancel(t.Context())
	run, err := measure(interruption{ctx: ctx}, p, new(bytes.Buffer), func(*results.Interval) { cancel() })
	if err != nil {
		t.Fatal(err)
	}
	r := run.Result()
	if f := r.Flows["relay"]; !r.Interrupted || f.Messages.Accepted == 0 {
		t.Errorf("interrupted %v with %+v, want what was measured until then", r.Interrupted, f.Messages)
	}
	if err := judge(run); !errors.Is(err, errInterrupted) {
		t.Errorf("judged as %v, want interrupted", err)
	}
}

// Valid figures that miss a threshold end in 3, others in 0. The run is made up:
// a true one is invalid on a machine that is busy enough.
func TestValidRunsAreJudgedByThresholds(t *testing.T) {
	for threshold, want := range map[string]int{"relay.accepted > 1000": exitMissed, "relay.accepted >= 200": exitOK} {
		_, p, err := resolve(scenarios.Parse("judged.yaml", []byte("name: judged\ntarget: {host: 127.0.0.1}\nflows:\n"+
			"  relay: {port: 25, load: {sessions: 1, messages: 5}}\nthresholds: ['"+threshold+"']\n"), scenarios.LoadOptions{}))
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := madeup.Steady(1, 0).Write(&file, madeup.NewRun(p)); err != nil {
			t.Fatal(err)
		}
		run, err := results.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		if got := exitCode(judge(run)); got != want {
			t.Errorf("%s: exit %d, want %d: %v", threshold, got, want, judge(run))
		}
	}
}

func TestRunFileNamesAreNew(t *testing.T) {
	t.Chdir(t.TempDir())
	seen := map[string]bool{}
	for range 3 {
		f, err := createRunFile("", "relay", io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte("x")); err != nil { // one that was not begun goes away
			t.Fatal(err)
		}
		f.Close()
		if seen[f.Name()] || !strings.HasPrefix(f.Name(), "relay-") || !strings.HasSuffix(f.Name(), ".jsonl") {
			t.Errorf("named %s", f.Name())
		}
		seen[f.Name()] = true
	}
}
