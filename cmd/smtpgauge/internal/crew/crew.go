package crew

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/build"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/gauge/fleet"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bundle"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// Options say which agents are waited for, and where. One of Listen and URL has to be set.
type Options struct {
	Agents int
	Listen string      // HOST:PORT of a NATS server within this process
	URL    string      // of NATS servers of the user's own
	Bus    bus.Options // for URL
	Token  Token
	Wait   time.Duration // for all agents to come

	AllowLost int // agents that a run may lose and be valid
}

// A Token is the secret of a fleet.
type Token struct {
	bus.Token
	Chosen   bool   // by the user, who gives it to the agents
	Variable string // of the environment, which has it
}

// A Crew is a fleet that is there. A nil one is none.
type Crew struct {
	o     Options
	fleet *fleet.Fleet
	bus   bus.Bus
	where string   // the agents come
	names []string // of agents that look at the server

	scenarios map[*scenarios.Scenario][]byte // as they travel
}

// Muster waits for the agents that some jobs need. It prints how to start one, and who
// comes. The error wraps gauge.ErrInterrupted if ctx ends meanwhile.
func Muster(ctx context.Context, o Options, stderr io.Writer, jobs ...*gauge.Job) (*Crew, error) {
	c := &Crew{o: o, names: watchersOf(jobs), scenarios: map[*scenarios.Scenario][]byte{}}
	for _, job := range jobs { // before anybody is waited for
		if _, err := c.packed(job); err != nil {
			return nil, err
		}
	}
	how, err := c.meet(stderr)
	if err != nil {
		return nil, err
	}
	c.fleet, err = fleet.New(c.bus, o.Token.Token, fleet.Options{
		Agents: o.Agents, Version: build.Version(), AllowLost: o.AllowLost, Watchers: c.names,
		Report: func(text string) { say(stderr, text) },
	})
	if err != nil {
		c.bus.Close()
		return nil, err
	}
	c.tellHow(how, stderr)
	if err := c.gather(ctx, stderr); err != nil {
		c.Dismiss()
		return nil, err
	}
	return c, nil
}

// watchersOf are the agents that are to look at the server in some of the jobs.
func watchersOf(jobs []*gauge.Job) []string {
	var names []string
	for _, job := range jobs {
		if name := job.Scenario().WatchedBy(); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Agents are those that load.
func (c *Crew) Agents() []capacity.TrialAgent {
	var list []capacity.TrialAgent
	for _, m := range c.fleet.Members() {
		list = append(list, capacity.TrialAgent{Name: m.Name, Host: m.Host})
	}
	return list
}

// Probe lets each agent try the target of a job, as gauge.Job.Probe does here.
func (c *Crew) Probe(ctx context.Context, job *gauge.Job) (passing []*check.Fault, err error) {
	scenario, err := c.packed(job)
	if err != nil {
		return nil, err
	}
	return c.fleet.Probe(ctx, job, scenario)
}

// Elsewhere is gauge.Options.Elsewhere: it carries a job out on the crew; nil for no crew.
func (c *Crew) Elsewhere() func(context.Context, *gauge.Job, gauge.Options) (*record.Run, error) {
	if c == nil {
		return nil
	}
	return func(ctx context.Context, job *gauge.Job, o gauge.Options) (*record.Run, error) {
		scenario, err := c.packed(job)
		if err != nil {
			return nil, err
		}
		return c.fleet.Carry(ctx, job, scenario, o)
	}
}

// What can be packed can travel.
const _ = uint(bus.MaxBlob - bundle.MaxPacked)

// packed is a job's scenario as it travels.
func (c *Crew) packed(job *gauge.Job) ([]byte, error) {
	if data, found := c.scenarios[job.Scenario()]; found {
		return data, nil
	}
	b, err := bundle.New(job.Scenario())
	if err != nil {
		return nil, err
	}
	// Messages on the bus are sealed with the fleet's token, whatever lies below.
	if err := b.MayTravel(bundle.Way{TLS: true}); err != nil {
		return nil, err
	}
	c.scenarios[job.Scenario()] = b.Data()
	return b.Data(), nil
}

// Dismiss lets the agents go.
func (c *Crew) Dismiss() {
	if c != nil {
		c.fleet.Close()
		c.bus.Close()
	}
}
