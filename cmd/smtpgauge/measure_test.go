package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// smallJob loads a server of the test's own.
func smallJob(t *testing.T, load string) *gauge.Job {
	t.Helper()
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	text := fmt.Sprintf("name: small\ntarget: {host: 127.0.0.1}\nflows:\n  relay: {port: %d, tls: none, load: {%s}}\n",
		sink.Addrs()[0].(*net.TCPAddr).Port, load)
	job, err := resolve(scenarios.Parse("small.yaml", []byte(text), scenarios.LoadOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// quietStreams lead nowhere, and look at no machine.
func quietStreams() streams {
	s := newStreams(strings.NewReader(""), io.Discard, io.Discard)
	s.freeCores = unknownCores
	return s
}

func noDisplay() *console.Live {
	return console.NewLive(console.New(io.Discard), console.LiveOptions{Quiet: true})
}

func TestMeasurementShowsItsProgress(t *testing.T) {
	job := smallJob(t, "sessions: 2, messages: 50")
	shown := 0
	result, err := quietStreams().carryOut(interruption{ctx: t.Context()}, job, noDisplay(), livePage{}, gauge.Options{OnInterval: func(i *record.Progress) {
		shown++
		if got := i.Flows; len(got) != 1 || got[0].Name != "relay" {
			t.Errorf("progress %+v", got)
		}
	}})
	if err != nil || result.Flow("relay").Messages.Accepted != 50 || shown == 0 {
		t.Errorf("%v, %+v, shown %d times", err, result, shown)
	}
}

func TestCanceledMeasurementIsARunAllTheSame(t *testing.T) {
	job := smallJob(t, "sessions: 1, duration: 10m")
	ctx, cancel := context.WithCancel(t.Context())
	result, err := quietStreams().carryOut(interruption{ctx: ctx}, job, noDisplay(), livePage{}, gauge.Options{OnInterval: func(*record.Progress) { cancel() }})
	if err != nil {
		t.Fatal(err)
	}
	if f := result.Flow("relay"); f.Messages.Accepted == 0 {
		t.Errorf("%+v, want what was measured until then", f.Messages)
	}
	if code := exitCode(result.Err()); code != exitInterrupted {
		t.Errorf("exit %d, want %d: %v", code, exitInterrupted, result.Err())
	}
}

// Valid figures that miss a threshold end in 3, others in 0. The run is made up:
// a true one is invalid on a machine that is busy enough.
func TestValidRunsAreJudgedByThresholds(t *testing.T) {
	for threshold, want := range map[string]int{"relay.accepted > 1000": exitMissed, "relay.accepted >= 200": exitOK} {
		job, err := resolve(scenarios.Parse("judged.yaml", []byte("name: judged\ntarget: {host: 127.0.0.1}\nflows:\n"+
			"  relay: {port: 25, load: {sessions: 1, messages: 5}}\nthresholds: ['"+threshold+"']\n"), scenarios.LoadOptions{}))
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := madeup.Steady(1, 0).Write(&file, madeup.NewRun(job.Plan, job.Criteria)); err != nil {
			t.Fatal(err)
		}
		run, err := record.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		judged := (&gauge.Result{Figures: figures.Of(run)}).Err()
		if got := exitCode(judged); got != want {
			t.Errorf("%s: exit %d, want %d: %v", threshold, got, want, judged)
		}
	}
}
