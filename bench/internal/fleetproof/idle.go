//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// idleAgents hold the sessions, and idleServers take them. A process has no more than 20,000
// descriptors on some machines, and there are no more than 28,000 local ports for one server.
const (
	idleAgents  = 3
	idleServers = 3
)

// idleLoad returns a scenario in which each flow has so many sessions with one server, which
// send one message each and stay.
func idleLoad(servers []*harness.Server, sessions int) string {
	// A thousand handshakes a second leave the peak of memory to sessions that are idle.
	ramp := max(1, len(servers)*sessions/1000)
	var b strings.Builder
	fmt.Fprintf(&b, `name: idle
target: {host: 127.0.0.1}
defaults:
  tls: none
  load: {sessions: %d, duration: %ds, ramp: %ds}
  session: {messages: 0, think: 10m}
  message: {size: 1KiB}
  envelope: {from: a@example.test, to: b@example.test}
flows:
`, sessions, ramp+5, ramp)
	for i, s := range servers {
		fmt.Fprintf(&b, "  server%d: {port: %s}\n", i+1, s.Port)
	}
	return b.String()
}

// idle lets three agents hold more sessions than one process could, and accounts for each.
func (p *proof) idle(ctx context.Context) (faults []string, err error) {
	sessions := p.size(58_000, 1500)
	fmt.Fprintf(p.w, "idle: %d sessions of %d agents with %d servers, which send a message and stay\n\n", sessions, idleAgents, idleServers)
	few, seen, err := p.hold(ctx, idleAgents) // each agent one, with each server
	if err != nil {
		return nil, err
	}
	faults = few.accounted(seen)
	all, seen, err := p.hold(ctx, (sessions+idleServers-1)/idleServers)
	if err != nil {
		return faults, err
	}
	faults = append(faults, all.accounted(seen)...)
	s := all.sum()
	tw := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "\topened\topen at once\tclosed\tmessages\tfailed")
	fmt.Fprintf(tw, "agents\t%d\t%d\t%d\t%d\t%d\n", s.sessions, s.peak, s.closed, s.accepted, s.failed)
	fmt.Fprintf(tw, "servers\t%d\t\t%d\t%d\t%d\n", seen.Connections, seen.Quits, seen.Messages, seen.Errors)
	tw.Flush()
	fmt.Fprintln(p.w)
	for i, agent := range all.agents {
		each := float64(s.sessions-few.sum().sessions) / idleAgents
		fmt.Fprintf(p.w, "agent %d: %.1f MB at most, %.1f with one session for each server: %.2f KiB a session\n",
			i+1, float64(agent.peak)/1e6, float64(few.agents[i].peak)/1e6, float64(agent.peak-few.agents[i].peak)/1024/each)
	}
	fmt.Fprintf(p.w, "coordinator: %.1f MB at most\n", float64(all.coordinator.peak)/1e6)
	return faults, nil
}

// hold holds so many sessions with each server.
func (p *proof) hold(ctx context.Context, sessions int) (c *carried, seen harness.Counts, err error) {
	var servers []*harness.Server
	defer func() {
		for _, s := range servers {
			counts, stopped := s.Stop()
			seen.Connections, seen.Quits = seen.Connections+counts.Connections, seen.Quits+counts.Quits
			seen.Messages, seen.Errors = seen.Messages+counts.Messages, seen.Errors+counts.Errors
			err = errors.Join(err, stopped)
		}
	}()
	for range idleServers {
		s, err := p.Sink(ctx)
		if err != nil {
			return nil, seen, err
		}
		servers = append(servers, s)
	}
	c, err = p.carry(ctx, fleet{scenario: idleLoad(servers, sessions), agents: idleAgents})
	return c, seen, err
}

// accounted holds what agents counted against what the servers did.
func (c *carried) accounted(seen harness.Counts) []string {
	faults := c.strays()
	if s := c.sum(); s.sessions != seen.Connections || s.closed != seen.Quits || s.closed != s.sessions || s.failed > 0 || s.accepted != seen.Messages || s.peak != s.sessions {
		faults = append(faults, fmt.Sprintf("the agents count %+v, and the servers %+v", s, seen))
	}
	return faults
}
