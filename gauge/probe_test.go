package gauge_test

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
)

// A flow that cannot work is an error before anything is sent, and not a measurement.
func TestRunLooksFirst(t *testing.T) {
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}, MaxMessage: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	scenario := parse(t, fmt.Sprintf("name: big\ntarget: {host: 127.0.0.1}\nflows:\n  relay: {port: %d, tls: none, load: {sessions: 1, messages: 3}}\n",
		sink.Addrs()[0].(*net.TCPAddr).Port))

	result, err := gauge.Run(t.Context(), scenario, gauge.Options{FreeCores: unknown})
	var faults check.Faults
	if result.Figures.NotLoaded == "" || !errors.As(err, &faults) || faults[0].ID != check.MessageTooBig {
		t.Errorf("%v, %v: want a result of nothing and %s", result, err, check.MessageTooBig)
	}
	if n := sink.Counts(); n.Connections != 1 || n.Messages != 0 {
		t.Errorf("the server saw %+v, want one session", n)
	}
	result, err = gauge.Run(t.Context(), scenario, gauge.Options{FreeCores: unknown, NoProbe: true})
	if err != nil || result.Flow("relay").Messages.Attempted != 3 {
		t.Errorf("without a probe: %v, %v", result, err)
	}
}

// What may pass is reported, and the load begins.
func TestRunReportsWhatMayPass(t *testing.T) {
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}, MaxMessage: 5000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	scenario := parse(t, fmt.Sprintf("name: some\ntarget: {host: 127.0.0.1}\nflows:\n  relay: {port: %d, tls: none, load: {sessions: 1, messages: 3}, message: {size: {median: 2KiB, p99: 6KiB}}}\n",
		sink.Addrs()[0].(*net.TCPAddr).Port))
	var told []check.ID
	result, err := gauge.Run(t.Context(), scenario, gauge.Options{FreeCores: unknown, OnFault: func(f *check.Fault) { told = append(told, f.ID) }})
	if err != nil || result.Flow("relay").Messages.Attempted != 3 || len(told) != 1 || told[0] != check.MessageTooBig {
		t.Errorf("%v, %v, told %v: want a run, and %s", result, err, told, check.MessageTooBig)
	}
}

// The built-in server sees the load alone.
func TestTheSinkIsNotProbed(t *testing.T) {
	result, err := gauge.Run(t.Context(), parse(t, "name: sink\ntarget: {host: sink}\nflows:\n  relay: {port: 25, load: {sessions: 1, messages: 3}}\n"), gauge.Options{FreeCores: unknown})
	if err != nil || result.Served.Counts.Connections != 1 {
		t.Errorf("%+v, %v: want one session", result.Served, err)
	}
}
