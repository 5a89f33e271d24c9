//go:build integration && linux

package integration

import (
	"fmt"
	"testing"
)

// TestHold keeps ten thousand sessions to smtp-sink open at once. Each sends now and then, and
// the command must count them all.
func TestHold(t *testing.T) {
	const sessions = 10_000
	// The test must raise smtp-sink's limit of descriptors. The command raises its
	// own.
	port := freePort(t, 0)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	d := startDaemon(t, "prlimit", "--nofile=20000:20000", smtpSink,
		"-u", "nobody", "-m", "15000", address, "4096")
	d.awaitListener(t, "tcp", address)

	f := newGaugeWith(t, fmt.Sprintf(`
name: hold
target: {host: 127.0.0.1}
flows:
  held:
    port: %d
    tls: none
    load: {sessions: %d, ramp: 5s, duration: 10s}
    session: {messages: 0, think: 3s}
    timeouts: {connect: 30s} # a SYN that a busy machine drops is sent again after 1, 3 and 7 s
    message: {size: 1KiB}
    envelope: {from: %s, to: %s}
`, port, sessions, account, account), "").run(t).flow(t, "held")

	if f.Sessions.Peak != sessions || f.Sessions.Started != sessions || f.Sessions.Completed != sessions {
		t.Errorf("%+v, want %d everywhere and none failed: %v", f.Sessions, sessions, f.Errors)
	}
	if m := f.Messages; m.Accepted < sessions || m.Accepted != m.Attempted {
		t.Errorf("%+v, want one of each session at least, and all accepted", m)
	}
}
