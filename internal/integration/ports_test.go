//go:build integration && linux

package integration

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// flowPorts are the flows of ports-and-tls.yaml.
var flowPorts = map[string]int{"relay-25": 25, "smtps-465": 465, "submit-587": 587, "alt-2525": 2525}

// TestPortsAndTLS compares the four ports in one run. Postfix's log must have every message.
func TestPortsAndTLS(t *testing.T) {
	p := startPostfix(t)
	g := newGauge(t, "ports-and-tls.yaml", p.ca)
	// The warm-up counts too, so that the counts can be those of Postfix. How fast
	// Postfix is does not matter here.
	args := []string{
		"--set", "defaults.load.duration=3s", "--set", "schedule.rounds=1", "--set", "warmup=0s",
		"--set", "thresholds=[relay-25.errors < 0.1%, submit-587.message.p99 < 10s]",
		"--set", "server.processes=[" + filepath.Join(p.dir, "queue", "pid", "master.pid") + "]",
	}
	for name, port := range flowPorts {
		if s := p.services[port]; s.Port != port {
			args = append(args, "--set", fmt.Sprintf("flows.%s.port=%d", name, s.Port))
		}
	}
	res := g.run(t, args...)

	p.settle(t)
	received := p.received(t)
	for name, port := range flowPorts {
		f := res.flow(t, name)
		t.Logf("%-10s accepted %d, postfix received %d", name, f.Messages.Accepted, received[port])
		if f.Messages.Accepted == 0 {
			t.Errorf("%s: no message was accepted", name)
		}
		if f.Messages.Accepted != received[port] {
			t.Errorf("%s: %d messages accepted, but postfix received %d", name, f.Messages.Accepted, received[port])
		}
		if f.Messages.Accepted != f.Messages.Attempted {
			t.Errorf("%s: not every message was accepted: %+v %v", name, f.Messages, f.Errors)
		}
		checkPhases(t, name, f)
		checkGreeting(t, name, f)
		checkTarget(t, name, res.Target[name], p.services[port].Port)
	}
	checkServer(t, res)
	if len(res.Thresholds) != 2 || !res.Thresholds[0].OK || !res.Thresholds[1].OK {
		t.Errorf("thresholds: %+v", res.Thresholds)
	}
}

// checkServer checks what was seen of Postfix, in which nothing is wrong: it may be short of
// CPU time, and of nothing else.
func checkServer(t *testing.T, res *result) {
	t.Helper()
	s := res.Server
	if s == nil || s.CPUSeconds <= 0 || s.CPUPerMessage <= 0 || s.Written <= 0 || s.Processes < 5 {
		t.Errorf("server: %+v", s)
	}
	for _, f := range res.Findings {
		if f.ID != "server-cpu-full" && f.ID != "generator-on-servers-cores" {
			t.Errorf("found of a healthy server: %s: %s", f.ID, f.Says)
		}
	}
}

// checkPhases compares the phases of a flow with what its sessions had to do.
func checkPhases(t *testing.T, name string, f *flow) {
	t.Helper()
	secured, upgraded, authenticated := f.Sessions.Started, 0, f.Sessions.Started
	switch name {
	case "relay-25":
		secured, authenticated = 0, 0
	case "submit-587", "alt-2525":
		upgraded = f.Sessions.Started
	}
	for phase, want := range map[string]int{
		"connect": f.Sessions.Started, "banner": f.Sessions.Started, "quit": f.Sessions.Completed,
		"tls": secured, "starttls": upgraded, "auth": authenticated, "ehlo": f.Sessions.Started, "ehlo-tls": upgraded,
		"mail": 0, "rcpt": 0, "data": 0, "mail+rcpt+data": f.Messages.Accepted, // Postfix offers PIPELINING
		"body": f.Messages.Accepted, "message": f.Messages.Accepted, "session": f.Sessions.Completed,
	} {
		if got := f.Phases[phase].Count; got != want {
			t.Errorf("%s: phase %s was timed %d times, want %d", name, phase, got, want)
		}
	}
}

// checkGreeting compares the greeting that a flow kept with how the port is set up. All sessions
// of a port get the same greeting.
func checkGreeting(t *testing.T, name string, f *flow) {
	t.Helper()
	if len(f.Greetings) != 1 {
		t.Errorf("%s: %d greetings, want one: %+v", name, len(f.Greetings), f.Greetings)
		return
	}
	greeting := f.Greetings[0]
	offered := func(lines []string, keyword string) bool {
		return slices.ContainsFunc(lines, func(line string) bool { return line == keyword || strings.HasPrefix(line, keyword+" ") })
	}
	clear, secure := name != "smtps-465", name != "relay-25"
	if !strings.Contains(greeting.Banner, "ESMTP Postfix") || offered(greeting.Offers, "PIPELINING") != clear ||
		offered(greeting.OffersTLS, "PIPELINING") != secure || offered(greeting.OffersTLS, "AUTH") != secure {
		t.Errorf("%s: greeting %+v", name, greeting)
	}
	if upgraded := clear && secure; upgraded && (!offered(greeting.Offers, "STARTTLS") || offered(greeting.OffersTLS, "STARTTLS")) {
		t.Errorf("%s: STARTTLS before %q, after %q", name, greeting.Offers, greeting.OffersTLS)
	}
}

// checkTarget compares what the result says was loaded with how the port is set up.
func checkTarget(t *testing.T, name string, got target, port int) {
	t.Helper()
	if got.Host == "" || got.Port != port || got.Address == "" || got.EHLO == "" || !strings.Contains(got.Banner, got.ServerName) || got.ServerName == "" {
		t.Errorf("%s: target %+v", name, got)
	}
	c := got.Certificate
	switch secured := name != "relay-25"; {
	case !secured && (got.TLSVersion != "" || c != nil), secured && (got.TLSVersion != "1.3" || got.Cipher == "" || got.Group == "" || c == nil):
		t.Errorf("%s: target %+v", name, got)
	case secured && (c.Subject == "" || len(c.Names) == 0 || c.NotAfter.Before(time.Now())):
		t.Errorf("%s: certificate %+v", name, *c)
	}
}
