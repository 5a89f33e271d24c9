package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

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

func TestMeasurementIsAFunctionCall(t *testing.T) {
	p := smallPlan(t, "sessions: 2, messages: 50")
	for range 2 { // and can be made again
		var file bytes.Buffer
		intervals := 0
		m := results.Measurement{Plan: p, File: &file, FreeCores: freeCores, OnInterval: func(i *results.Interval) {
			intervals++
			if got := newProgress(p, i, false); got.name != "small" || len(got.flows) != 1 || got.flows[0].name != "relay" {
				t.Errorf("progress %+v", got)
			}
		}}
		run, err := m.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := run.Result().Flows["relay"].Messages.Accepted; got != 50 {
			t.Errorf("%d messages accepted, want 50", got)
		}
		read, err := results.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		if got := read.Result().Flows["relay"].Messages.Accepted; got != 50 {
			t.Errorf("%d messages accepted in the file, want 50", got)
		}
		if intervals == 0 {
			t.Error("no interval was shown")
		}
	}
}

func TestCanceledMeasurementIsARunAllTheSame(t *testing.T) {
	p := smallPlan(t, "sessions: 1, duration: 10m")
	ctx, cancel := context.WithCancel(t.Context())
	m := results.Measurement{Plan: p, FreeCores: freeCores, OnInterval: func(*results.Interval) { cancel() }}
	run, err := m.Run(ctx)
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

// A full disk ends the file, not the measurement.
func TestMeasurementOutlivesItsFile(t *testing.T) {
	m := results.Measurement{Plan: smallPlan(t, "sessions: 1, messages: 20"), File: &fullDisk{room: 1}, FreeCores: freeCores}
	run, err := m.Run(t.Context())
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want that of the disk", err)
	}
	if run == nil || run.Result().Flows["relay"].Messages.Accepted != 20 {
		t.Error("what was measured is lost")
	}
}

// A fullDisk takes a number of writes.
type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room--; d.room < 0 {
		return 0, syscall.ENOSPC
	}
	return len(p), nil
}

func TestRunFileNamesAreNew(t *testing.T) {
	t.Chdir(t.TempDir())
	seen := map[string]bool{}
	for range 3 {
		f, err := createRunFile("", "relay")
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		if seen[f.Name()] || !strings.HasPrefix(f.Name(), "relay-") || !strings.HasSuffix(f.Name(), ".jsonl") {
			t.Errorf("named %s", f.Name())
		}
		seen[f.Name()] = true
	}
}
