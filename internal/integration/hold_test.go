//go:build integration && linux

package integration

import (
	"fmt"
	"strconv"
	"testing"
)

// TestHold keeps ten thousand sessions to smtp-sink open at once. Each sends now and then, and
// the command must count them all. However slow the machine is, the server has all of them: its
// queue has room for each, and the load lasts until the messages are sent.
func TestHold(t *testing.T) {
	const sessions, messages = 10_000, 15_000
	ownNetwork(t, "127.0.0.1 localhost\n")
	writeFile(t, "/proc/sys/net/core/somaxconn", strconv.Itoa(sessions+100))
	// The test must raise smtp-sink's limit of descriptors. The command raises its
	// own.
	d := startDaemon(t, "prlimit", "--nofile=20000:20000", smtpSink,
		"-u", "nobody", "-m", "15000", "127.0.0.1:25", strconv.Itoa(sessions+100))
	d.awaitListener(t, "tcp", "127.0.0.1:25")

	f := newGaugeWith(t, fmt.Sprintf(`
name: hold
target: {host: 127.0.0.1}
flows:
  held:
    port: 25
    tls: none
    load: {sessions: %d, ramp: 2s, messages: %d}
    session: {messages: 0, think: 3s}
    timeouts: {connect: 80s, command: 80s} # as long as a busy machine needs
    message: {size: 1KiB}
    envelope: {from: %s, to: %s}
`, sessions, messages, account, account), "").run(t).flow(t, "held")

	if f.Sessions.Peak != sessions || f.Sessions.Started != sessions || f.Sessions.Completed != sessions {
		t.Errorf("%+v, want %d everywhere and none failed: %v", f.Sessions, sessions, f.Errors)
	}
	if m := f.Messages; m.Accepted != messages || m.Attempted != messages {
		t.Errorf("%+v, want %d, and all accepted", m, messages)
	}
}
