//go:build integration

package integration

import (
	"fmt"
	"strings"
	"testing"
)

// TestOutage kills Postfix in the middle of a run. The run has to end by
// itself, say so, and lose count of nothing.
func TestOutage(t *testing.T) {
	p := startPostfix(t)
	g := newGaugeWith(t, fmt.Sprintf(`
name: outage
target: {host: 127.0.0.1}
flows:
  relay:
    port: %d
    tls: none
    load: {sessions: 20, duration: 15s}
    session: {messages: 0}
    envelope: {from: %s, to: %s}
`, p.services[25].Port, account, account), "")

	run := g.start(t)
	eventually(t, "hundred messages", func() bool { return strings.Count(p.readLog(t), ": client=") >= 100 })
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
