//go:build integration && linux

package integration

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// steady is a load that goes on until something ends it.
func (p *postfix) steady(t *testing.T) *gauge {
	t.Helper()
	return newGaugeWith(t, fmt.Sprintf(`
name: steady
target: {host: 127.0.0.1}
flows:
  relay:
    port: %d
    tls: none
    load: {sessions: 20, duration: 30s}
    session: {messages: 0}
    envelope: {from: %s, to: %s}
`, p.services[25].Port, account, account), "")
}

// awaitMessages returns when Postfix has begun a number of messages.
func (p *postfix) awaitMessages(t *testing.T, n int) {
	t.Helper()
	eventually(t, "messages at postfix", func() bool { return strings.Count(p.readLog(t), ": client=") >= n })
}

// TestOutage kills Postfix in the middle of a run. The run must end by itself and say so, and
// its counts must be complete.
func TestOutage(t *testing.T) {
	p := startPostfix(t)
	run := p.steady(t).start(t)
	p.awaitMessages(t, 100)
	p.kill(t)
	res, exit := run.end(t)

	if exit != 1 {
		t.Errorf("exit code %d, want 1", exit)
	}
	if res.Verdict.Valid || !strings.Contains(strings.Join(res.Verdict.Reasons, "\n"), "lost") {
		t.Errorf("valid %v %q, want the target to be called lost", res.Verdict.Valid, res.Verdict.Reasons)
	}
	f := res.flow(t, "relay")
	if f.Messages.Accepted < 50 {
		t.Errorf("what was measured before is gone: %+v", f.Messages)
	}
	if f.Sessions.Failed < 20 {
		t.Errorf("%d sessions failed, want the 20 that were open at least", f.Sessions.Failed)
	}
	if len(f.Errors) == 0 {
		t.Error("no error was counted")
	}
	for _, e := range f.Errors {
		switch e.Class {
		case "reset", "closed", "refused":
		default:
			t.Errorf("unexpected error %v: %s", e, e.Example)
		}
	}
}

// TestInterrupt stops a run as ^C does. The run must finish what is under way, so that its
// count is that of Postfix.
func TestInterrupt(t *testing.T) {
	p := startPostfix(t)
	run := p.steady(t).start(t)
	p.awaitMessages(t, 100)
	run.signal(t, os.Interrupt)
	res, exit := run.end(t)

	if exit != 130 {
		t.Errorf("exit code %d, want 130", exit)
	}
	f := res.flow(t, "relay")
	p.settle(t)
	if got := p.received(t)[25]; f.Messages.Accepted != got || got < 100 {
		t.Errorf("%+v, but postfix received %d", f.Messages, got)
	}
	if f.Messages.Unknown != 0 || f.Sessions.Failed != 0 {
		t.Errorf("broken off: %+v %+v %v", f.Messages, f.Sessions, f.Errors)
	}
}

// TestKilled ends the command by SIGKILL. Its run file must have what was measured until then.
func TestKilled(t *testing.T) {
	p := startPostfix(t)
	g := p.steady(t)
	run := g.start(t)
	// Intervals are written once a second. Wait for the first one with messages.
	eventually(t, "interval in the run file", func() bool {
		res, ok := g.show(t)
		return ok && res.Flows["relay"] != nil && res.Flows["relay"].Messages.Accepted > 0
	})
	run.signal(t, syscall.SIGKILL)
	run.wait(t)

	res, ok := g.show(t)
	if !ok {
		t.Fatal("the run file cannot be shown")
	}
	if !res.Partial {
		t.Error("the run file lost its end, and the result is not called partial")
	}
	p.settle(t)
	f, got := res.flow(t, "relay"), p.received(t)[25]
	if f.Messages.Accepted == 0 || f.Messages.Accepted > got {
		t.Errorf("%+v, but postfix received %d", f.Messages, got)
	}
}
