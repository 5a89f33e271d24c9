package gauge_test

import (
	"bytes"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// One session to a server that takes 40 ms a message carries 25 messages a second at
// most, whatever the machine. The second stage offers 60.
func TestStageThatOutgrowsTheServer(t *testing.T) {
	sink, err := smtpsink.Start(smtpsink.Config{
		Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}, Delays: map[string]time.Duration{"body": 40 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	scenario := parse(t, fmt.Sprintf(`name: ramp
target: {host: 127.0.0.1}
flows:
  submit:
    port: %d
    tls: none
    load: {max_sessions: 1, stages: [{for: 1s, rate: 5 messages/s}, {for: 3s, rate: 60 messages/s}]}
    session: {messages: 0}
`, sink.Addrs()[0].(*net.TCPAddr).Port))
	var file bytes.Buffer
	result, err := gauge.Run(t.Context(), scenario, gauge.Options{File: &file, FreeCores: unknown})
	if err != nil {
		t.Fatal(err)
	}
	read, err := record.ReadTotals(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]*figures.Flow{"the run": result.Flow("submit"), "its file": figures.Of(read).Flow("submit")} {
		if len(f.Stages) != 2 {
			t.Fatalf("%s: %d stages, want 2", name, len(f.Stages))
		}
		slow, fast := &f.Stages[0], &f.Stages[1]
		if slow.Due != 5 || fast.Due != 180 || slow.Messages.Attempted != 5 || fast.Messages.Attempted != 180 {
			t.Errorf("%s: %d and %d due, %d and %d attempted, want 5 and 180", name, slow.Due, fast.Due, slow.Messages.Attempted, fast.Messages.Attempted)
		}
		if fast.QueueGrewAt == nil || *fast.QueueGrewAt < time.Second || fast.Waiting < 50 || fast.Rate > 26 {
			t.Errorf("%s: queue grew at %v, %d wait, %v messages/s; want a queue that grows by 35 a second", name, fast.QueueGrewAt, fast.Waiting, fast.Rate)
		}
	}
}
