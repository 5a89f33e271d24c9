package results_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
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
	sc, err := scenarios.Parse("small.yaml", []byte(text), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := sc.Plan()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMeasurementIsAFunctionCall(t *testing.T) {
	var file bytes.Buffer
	intervals := 0
	m := results.Measurement{
		Plan: smallPlan(t, "sessions: 2, messages: 50"), File: &file,
		OnInterval: func(*results.Interval) { intervals++ },
	}
	for range 2 { // and can be made again
		file.Reset()
		intervals = 0
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
		from, to := run.Steady("relay")
		if window := run.Result().Flows["relay"].Window; to.Sub(from).Nanoseconds() != window || window <= 0 {
			t.Errorf("the load lasted from %v to %v, and %d ns by its figures", from, to, window)
		}
	}
}

func TestLoadGivenOutByMore(t *testing.T) {
	left := 30
	more := func() bool { left--; return left >= 0 }
	run, err := results.Measurement{Plan: smallPlan(t, "sessions: 2, messages: 50"), More: more}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := run.Result().Flows["relay"].Messages; got.Attempted != 30 || got.Accepted != 30 {
		t.Errorf("messages %+v, want 30", got)
	}
	if from, to := run.Steady("nobody"); !from.IsZero() || !to.IsZero() {
		t.Errorf("a flow that is not there lasted from %v to %v", from, to)
	}
}

func TestWhatAMeasurementFindsFree(t *testing.T) {
	calls := 0
	free := func(context.Context) (float64, bool) { calls++; return float64(calls), true }
	run, err := results.Measurement{Plan: smallPlan(t, "sessions: 1, messages: 1"), FreeCores: free}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := run.Closing.Generator.Free; got == nil || got.Before != 1 || got.After != 2 {
		t.Errorf("free cores %+v, want 1 before and 2 after", got)
	}
}

// A full disk ends the file, not the measurement.
func TestMeasurementOutlivesItsFile(t *testing.T) {
	run, err := results.Measurement{Plan: smallPlan(t, "sessions: 1, messages: 20"), File: &fullDisk{room: 1}}.Run(t.Context())
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
