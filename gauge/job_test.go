package gauge_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

func parse(t *testing.T, text string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// small returns a scenario that loads a server of this test.
func small(t *testing.T, load string) *scenarios.Scenario {
	t.Helper()
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	return parse(t, fmt.Sprintf("name: small\ntarget: {host: 127.0.0.1}\nflows:\n  relay: {port: %d, tls: none, load: {%s}}\n",
		sink.Addrs()[0].(*net.TCPAddr).Port, load))
}

// unknown is a FreeCores for tests, which must not fail on a busy machine.
func unknown(context.Context) (float64, bool) { return 0, false }

func TestRunIsAFunctionCall(t *testing.T) {
	scenario := small(t, "sessions: 2, messages: 50")
	for range 2 { // the second call works like the first
		var file bytes.Buffer
		intervals := 0
		result, err := gauge.Run(t.Context(), scenario, gauge.Options{
			File: &file, OnInterval: func(*record.Progress) { intervals++ }, FreeCores: unknown,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Flow("relay").Messages.Accepted; got != 50 {
			t.Errorf("%d messages accepted, want 50", got)
		}
		if result.Served != nil {
			t.Errorf("the built-in server took %v, and there was none", result.Served.Counts)
		}
		read, err := record.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		if got := figures.Of(read).Flows["relay"].Messages.Accepted; got != 50 {
			t.Errorf("%d messages accepted in the file, want 50", got)
		}
		if intervals == 0 {
			t.Error("no interval was shown")
		}
		from, to := result.Run.Steady("relay")
		if window := result.Flow("relay").Window; to.Sub(from).Nanoseconds() != int64(window) || window <= 0 {
			t.Errorf("the load lasted from %v to %v, and %d ns by its figures", from, to, window)
		}
		if result.Flow("nobody") != nil {
			t.Error("a flow that is not there has figures")
		}
	}
}

func TestAJobRunsAgain(t *testing.T) {
	job := gauge.NewJob(parse(t, "name: twice\ntarget: {host: sink}\nflows:\n  relay: {port: 2525, load: {sessions: 1, messages: 2}}\n"))
	for n := int64(3); n < 5; n++ { // each run follows the plan as it is then
		job.Plan.Flows[0].Load.Messages = n
		result, err := job.Run(t.Context(), gauge.Options{FreeCores: unknown})
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Served; got.Err != nil || got.Counts.Messages != n || got.Counts.TLS != 1 {
			t.Errorf("the sink took %+v, want %d messages under TLS", got, n)
		}
	}
}

func TestLoadGivenOutByMore(t *testing.T) {
	left := 30
	more := func() bool { left--; return left >= 0 }
	result, err := gauge.Run(t.Context(), small(t, "sessions: 2, messages: 50"), gauge.Options{More: more, FreeCores: unknown})
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Flow("relay").Messages; got.Attempted != 30 || got.Accepted != 30 {
		t.Errorf("messages %+v, want 30", got)
	}
	if from, to := result.Run.Steady("nobody"); !from.IsZero() || !to.IsZero() {
		t.Errorf("a flow that is not there lasted from %v to %v", from, to)
	}
}

func TestWhatARunFindsFree(t *testing.T) {
	calls := 0
	free := func(context.Context) (float64, bool) { calls++; return float64(calls), true }
	result, err := gauge.Run(t.Context(), small(t, "sessions: 1, messages: 1"), gauge.Options{FreeCores: free})
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Figures.Generator.Free; got == nil || got.Before != 1 || got.After != 2 {
		t.Errorf("free cores %+v, want 1 before and 2 after", got)
	}
}

// A full disk ends the file, not the measurement.
func TestARunOutlivesItsFile(t *testing.T) {
	result, err := gauge.Run(t.Context(), small(t, "sessions: 1, messages: 20"), gauge.Options{File: &fullDisk{room: 1}, FreeCores: unknown})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want that of the disk", err)
	}
	if result == nil || result.Flow("relay").Messages.Accepted != 20 {
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

func TestARunThatIsEndedEarly(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(cancel context.CancelFunc, drain chan struct{})
		by   func() bool // Options.Deserted
	}{
		{"canceled", func(cancel context.CancelFunc, _ chan struct{}) { cancel() }, nil},
		{"drained", func(_ context.CancelFunc, drain chan struct{}) { close(drain) }, func() bool { return false }},
		{"deserted", func(_ context.CancelFunc, drain chan struct{}) { close(drain) }, func() bool { return true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			drain, ended := make(chan struct{}), false
			result, err := gauge.Run(ctx, small(t, "sessions: 1, duration: 10m"), gauge.Options{
				FreeCores: unknown, Drain: drain, Deserted: test.by,
				OnInterval: func(*record.Progress) {
					if !ended {
						ended = true
						test.end(cancel, drain)
					}
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			if !errors.Is(result.Err(), gauge.ErrInterrupted) || result.Flow("relay").Messages.Accepted == 0 {
				t.Errorf("%v with %+v, want interrupted with what was measured until then", result.Err(), result.Flow("relay").Messages)
			}
			if by := test.name == "deserted"; result.Run.Deserted() != by || result.Run.Interrupted() == by {
				t.Errorf("deserted %v, interrupted by its user %v", result.Run.Deserted(), result.Run.Interrupted())
			}
		})
	}
}

// A run that would load a stranger has no file and starts no sink.
func TestStrangersAreNotLoaded(t *testing.T) {
	scenario := parse(t, "name: strange\nflows:\n"+
		"  there: {port: 25, target: {host: 192.0.2.1}, load: {sessions: 1, messages: 1}}\n"+
		"  here: {port: 25, target: {host: sink}, load: {sessions: 1, messages: 1}}\n")
	var file bytes.Buffer
	sink := &recorder{}
	result, err := gauge.Run(t.Context(), scenario, gauge.Options{File: &file, Sink: sink, FreeCores: unknown})
	if stranger := (*netdrive.StrangerError)(nil); result != nil || !errors.As(err, &stranger) {
		t.Errorf("%+v, %v: want a StrangerError", result, err)
	}
	if file.Len() > 0 || sink.orders != nil {
		t.Errorf("there is a file of %d octets, and %d sinks were ordered", file.Len(), len(sink.orders))
	}
}
