//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// A result is the part of a run's JSON that the proof looks at.
type result struct {
	Started time.Time
	Elapsed time.Duration `json:"elapsed_ns"`
	Flows   map[string]struct {
		Sessions struct{ Started, Completed, Failed, Peak int64 }
		Messages struct{ Attempted, Accepted int64 }
		Phases   map[string]struct {
			Service, Response map[string]float64
		}
	}
	Agents []struct {
		Name   string
		Lost   bool
		Why    string
		Offset time.Duration `json:"offset_ns"`
		Error  time.Duration `json:"offset_error_ns"`
		Skew   time.Duration `json:"skew_ns"`
	}
}

// A sum is what was counted in a run.
type sum struct{ sessions, closed, failed, peak, attempted, accepted int64 }

func (r *result) sum() sum {
	var s sum
	for _, f := range r.Flows {
		s.sessions, s.closed, s.failed = s.sessions+f.Sessions.Started, s.closed+f.Sessions.Completed, s.failed+f.Sessions.Failed
		s.peak += f.Sessions.Peak
		s.attempted, s.accepted = s.attempted+f.Messages.Attempted, s.accepted+f.Messages.Accepted
	}
	return s
}

// strays are the agents that were lost, and those whose clock is off by more than it says. All
// have one clock.
func (r *result) strays() []string {
	var list []string
	for _, a := range r.Agents {
		if a.Lost {
			list = append(list, fmt.Sprintf("agent %s was lost: %s", a.Name, a.Why))
		}
		if a.Offset.Abs() > a.Error {
			list = append(list, fmt.Sprintf("the clock of agent %s is said to be ahead by %v ± %v, and is this one", a.Name, a.Offset, a.Error))
		}
	}
	return list
}

// A fleet is to carry out a scenario.
type fleet struct {
	scenario string // its text
	agents   int
	// Over is the NATS server to meet at; nil for the one within the coordinator.
	over *natsServer
	// way returns the address for agents to join at instead of the coordinator's; nil for that.
	way func(address string) (string, error)
	// apart is between the coordinator on one side, and the agents and the server on the other;
	// nil if all are in one place.
	apart *link
}

// A carried is what became of a run.
type carried struct {
	result
	json        []byte
	file        string   // of the whole
	files       []string // of the agents
	coordinator *process // or the process of a run without agents
	agents      []*process
}

var (
	joinLine = regexp.MustCompile(`smtpgauge://\S+`)
	natsLine = regexp.MustCompile(`start each of the`)
	joinText = regexp.MustCompile(`^(smtpgauge://[^@/]*@)([^/]+)(/.*)$`)
)

// natsToken is what agents and coordinator know that meet at another server.
const natsToken = "SMTPGAUGE_TOKEN=0123456789abcdef0123456789abcdef"

// alone carries out a scenario without agents.
func (p *proof) alone(ctx context.Context, scenario string) (*carried, error) {
	file, err := p.Scenario(scenario)
	if err != nil {
		return nil, err
	}
	args := p.RunArgs(file)
	own, err := start(ctx, nil, nil, p.Ours, args...)
	if err != nil {
		return nil, err
	}
	c := &carried{coordinator: own, file: args[len(args)-1]}
	return c, c.read()
}

// carry carries out a scenario on a fleet.
func (p *proof) carry(ctx context.Context, f fleet) (*carried, error) {
	file, err := p.Scenario(f.scenario)
	if err != nil {
		return nil, err
	}
	p.fleets++
	args, found, env := p.RunArgs(file), joinLine, []string(nil)
	c := &carried{file: args[len(args)-1]}
	args = append(args, "--agents", fmt.Sprint(f.agents))
	switch {
	case f.apart != nil:
		args = append(args, "--listen", nearAddress+":0")
	case f.over == nil:
		args = append(args, "--listen", "127.0.0.1:0")
	default:
		args, found, env = append(args, "--nats", f.over.url), natsLine, []string{natsToken}
	}
	if err := f.apart.onNear(func() (err error) {
		c.coordinator, err = start(ctx, found, env, p.Ours, args...)
		return err
	}); err != nil {
		return nil, err
	}
	defer func() {
		for _, one := range append(c.agents, c.coordinator) {
			one.kill()
		}
	}()
	text, err := c.coordinator.await(ctx)
	if err != nil {
		return nil, err
	}
	where := []string{"--join", text}
	switch {
	case f.over != nil:
		where = []string{"--nats", f.over.url}
	case f.way != nil:
		parts := joinText.FindStringSubmatch(text)
		if parts == nil {
			return nil, fmt.Errorf("no address in %q", text)
		}
		address, err := f.way(parts[2])
		if err != nil {
			return nil, err
		}
		where[1] = parts[1] + address + parts[3]
	}
	for i := range f.agents {
		name := fmt.Sprintf("agent%d", i+1)
		file := filepath.Join(p.Dir, fmt.Sprintf("fleet%d-%s.jsonl", p.fleets, name))
		c.files = append(c.files, file)
		if err := f.apart.onFar(func() error {
			agent, err := start(ctx, nil, env, p.Ours, append([]string{"agent", "--once", "--name", name, "-o", file}, where...)...)
			if err == nil {
				c.agents = append(c.agents, agent)
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	if err := c.read(); err != nil {
		return nil, err
	}
	for _, agent := range c.agents {
		if err := agent.wait(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// read waits for the end of a run and reads its result. That it is invalid, because the
// machine is busy, is no error.
func (c *carried) read() error {
	err := c.coordinator.wait()
	c.json = c.coordinator.stdout.Bytes()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && len(c.json) > 0 {
		err = nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(c.json, &c.result); err != nil {
		return fmt.Errorf("the result of %v: %w\n%s", c.coordinator.cmd.Args, err, c.coordinator.stderr)
	}
	return nil
}

// until is when the load had ended.
func (c *carried) until() time.Time { return c.Started.Add(c.Elapsed) }

// loading is the CPU time that a process took during the load.
func (c *carried) loading(p *process) time.Duration {
	return time.Duration(p.within(c.Started, c.until()) * float64(c.Elapsed))
}
