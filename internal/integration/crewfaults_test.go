//go:build integration && linux

package integration

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
)

// reasons are why a result is not valid, in one text.
func (r *crewResult) reasons() string { return strings.Join(r.Verdict.Reasons, "\n") }

// seenWithin fails the test if the coordinator saw later than that an agent is silent. A machine
// that is busy may keep it from looking.
func (c *crew) seenWithin(agent string, most time.Duration) {
	c.t.Helper()
	const slack = 3
	text := c.coordinator.await(c.t, "agent "+agent+` on \S+ is lost: it has been silent for ([0-9.]+) s`)[1]
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds > slack*most.Seconds() {
		c.t.Errorf("seen after %s s, want %v: %v", text, most, err)
	}
	if seconds > most.Seconds() {
		c.t.Logf("the machine is busy: seen after %s s", text)
	}
}

// TestFleetLosesAnAgent kills one of three agents. The result has all that the others measured,
// and is invalid, unless the loss was allowed.
func TestFleetLosesAnAgent(t *testing.T) {
	for name, flags := range map[string][]string{"not allowed": nil, "allowed": {"--allow-lost", "1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t, 8, 3, nil, flags...)
			for range 3 {
				c.agent()
			}
			c.underWay()
			c.agents[1].signal(t, syscall.SIGKILL)
			c.seenWithin("agent2", 3*time.Second)
			r, code := c.end()
			invalid := strings.Contains(r.reasons(), "agents: of 3, lost: agent2")
			if invalid != (flags == nil) || invalid && code != 1 {
				t.Errorf("exit code %d, invalid because of %q", code, r.reasons())
			}
			for i, a := range r.Agents {
				if lost := i == 1; a.Lost != lost || !lost && a.Messages.Attempted < 266 || a.Messages.Attempted > 267 {
					t.Errorf("agent %s: lost %v because %q, attempted %d", a.Name, a.Lost, a.Why, a.Messages.Attempted)
				}
			}
			if why := r.Agents[1].Why; !strings.HasPrefix(why, "it has been silent since") {
				t.Errorf("agent2 is lost because %q", why)
			}
			file, err := os.ReadFile(filepath.Join(c.dir, "run.jsonl"))
			if err != nil || !strings.Contains(string(file), `"missing":1`) {
				t.Errorf("no interval misses an agent: %v", err)
			}
			// Some of what it last sent was never told.
			accepted := r.flow(t, "a").Messages.Accepted
			if sum := r.Agents[0].Messages.Accepted + r.Agents[1].Messages.Accepted + r.Agents[2].Messages.Accepted; sum != accepted {
				t.Errorf("%d messages accepted, by the agents %d", accepted, sum)
			}
			if got := c.received(); got < accepted {
				t.Errorf("the server counted %d messages, the agents %d", got, accepted)
			}
		})
	}
}

// TestFleetPausesAnAgent stops one of two agents for 5 s. What it did is counted once, and its
// load was not the one it should have been.
func TestFleetPausesAnAgent(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 10, 2, nil)
	c.agent()
	c.agent()
	c.underWay()
	c.agents[0].signal(t, syscall.SIGSTOP)
	c.seenWithin("agent1", 3*time.Second)
	c.awaitIntervals(2, c.intervals(2)+3)
	c.agents[0].signal(t, syscall.SIGCONT)
	c.coordinator.await(t, `agent agent1 on \S+ is back after`)
	r, code := c.end()
	if a := r.Agents[0]; code != 1 || !a.Lost || !strings.HasPrefix(a.Why, "it stood still for") || a.Away < int64(2500*time.Millisecond) {
		t.Errorf("exit code %d, agent %+v", code, a)
	}
	if a := r.Agents[1]; a.Lost || a.Messages.Attempted != 500 {
		t.Errorf("the other agent: %+v", a)
	}
	c.accounted(r)
}

// TestFleetLosesItsCoordinator kills the coordinator. The agents stop by themselves, and their
// files come to the same as its own would have.
func TestFleetLosesItsCoordinator(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 60, 2, nil)
	c.agent()
	c.agent()
	c.underWay()
	c.coordinator.signal(t, syscall.SIGKILL)
	died := time.Now()
	c.coordinator.exit(t)
	for i, a := range c.agents {
		if code := a.exit(t); code != 1 || !strings.Contains(a.stderr.String(), "the coordinator fell silent") {
			t.Errorf("exit code %d of an agent:\n%s", code, a.stderr.String())
		}
		file, err := os.ReadFile(filepath.Join(c.dir, c.file(i+1)))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`"type":"closing".*"ended":"([^"]*)"`).FindSubmatch(file)
		if found == nil {
			t.Errorf("%s has no end", c.file(i+1))
			continue
		}
		// A machine that is busy counts slower.
		ended, err := time.Parse(time.RFC3339Nano, string(found[1]))
		if took := ended.Sub(died); err != nil || took > 20*time.Second {
			t.Errorf("agent %d ended %v after its coordinator: %v", i+1, took, err)
		} else if took > 10*time.Second {
			t.Logf("the machine is busy: an agent ended after %v", took)
		}
	}
	if r, _ := c.merged(c.file(2)); r == nil || !strings.Contains(r.reasons(), "lost: 1 agent whose file") {
		t.Errorf("one file alone is invalid because of %q", r.reasons())
	}
	if _, says := c.merged(c.file(1), c.file(2), "run.jsonl"); says != "smtpgauge: run.jsonl is of the whole fleet, and has what is in agent1.jsonl: leave one of them out\n" {
		t.Errorf("the coordinator's file beside the agents': %q", says)
	}
	r, says := c.merged(c.file(2), c.file(1))
	if r == nil {
		t.Fatal(says)
	}
	if r.Partial || r.Interrupted || !r.Deserted || len(r.Agents) != 2 || r.Agents[0].Lost || r.Agents[1].Lost {
		t.Errorf("partial %v, interrupted %v, deserted %v, agents %+v", r.Partial, r.Interrupted, r.Deserted, r.Agents)
	}
	c.accounted(r)
}

// TestFleetRefuses tries agents that must not take part: of another version, and with a wrong
// token or certificate.
func TestFleetRefuses(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 1, 1, nil)
	join, err := bus.ParseJoin(c.join[1])
	if err != nil {
		t.Fatal(err)
	}
	b, err := join.Dial(join.Token, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	err = fleet.Serve(t.Context(), b, join.Token, fleet.AgentOptions{Name: "old", Host: "h", Version: "smtpgauge v0.0.1", Report: func(string) {}})
	var refused *fleet.RefusedError
	if !errors.As(err, &refused) || refused.Own != "smtpgauge v0.0.1" || refused.Other == "" {
		t.Errorf("an agent of another version: %v", err)
	} else {
		c.coordinator.await(t, regexp.QuoteMeta("refused agent old on h: agent and coordinator have to be of the same version (it is smtpgauge v0.0.1, this is "+refused.Other+")"))
	}
	for want, change := range map[string]func(*bus.Join){
		"copy the whole line that":              func(j *bus.Join) { j.Token = bus.NewToken() },
		"and the join line is for 000000000000": func(j *bus.Join) { j.Fingerprint = strings.Repeat("0", 64) },
	} {
		other := join
		change(&other)
		stranger := c.launch(nil, "agent", "--once", "--name", "stranger", "--join", other.String())
		stranger.await(t, want)
		stranger.signal(t, syscall.SIGINT)
		if code := stranger.exit(t); code != 0 || strings.Contains(stranger.stderr.String(), "joined") {
			t.Errorf("%s: exit code %d:\n%s", want, code, stranger.stderr.String())
		}
	}
	c.agent()
	r, _ := c.end()
	if len(r.Agents) != 1 || r.Agents[0].Name != "agent1" || strings.Contains(c.coordinator.stderr.String(), "stranger") {
		t.Errorf("agents %+v:\n%s", r.Agents, c.coordinator.stderr.String())
	}
	c.accounted(r)
}

// TestAgentRefuses tries coordinators that an agent must not work for: of another version, and
// with a target that it may not load, although the coordinator may.
func TestAgentRefuses(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 1, 1, nil, "--target", "192.0.2.1", "--i-may-load", "192.0.2.1")
	c.agent()
	if code := c.coordinator.exit(t); code == 0 || len(c.coordinator.stdout.Bytes()) > 0 {
		t.Errorf("exit code %d", code)
	}
	c.coordinator.await(t, `smtpgauge: agent agent1 on \S+: .*192\.0\.2\.1.*--i-may-load`)
	if code := c.agents[0].exit(t); code != 0 {
		t.Errorf("exit code %d of the agent", code)
	}

	token := bus.NewToken()
	server, err := bus.Serve("127.0.0.1:0", token, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	f, err := fleet.New(server, token, fleet.Options{Agents: 1, Version: "smtpgauge v9.9.9"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _ = f.Gather(ctx) }() // it never has its agent
	old := c.launch(nil, "agent", "--once", "--join", server.Join().String())
	if code := old.exit(t); code != 2 {
		t.Errorf("exit code %d of an agent of another version", code)
	}
	old.await(t, `of the same version \(the coordinator is smtpgauge v9\.9\.9, this agent is .+\)\n(?s:.*)install the same smtpgauge`)
}
