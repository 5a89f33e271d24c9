package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
)

// A Load is a scenario that an agent is about to carry its part of out.
type Load interface {
	Name() string
	// Set changes the plan to the terms of a run.
	Set(Terms) error
	// Check finds what would keep the run from working, and what the agent may not load. It
	// looks names up, and ends with ctx.
	Check(ctx context.Context) error
	// Probe tries one session of each flow, as gauge.Job.Probe does.
	Probe(ctx context.Context) (passing []*check.Fault, err error)
	// Run carries out the part that the options name.
	Run(ctx context.Context, o gauge.Options) (*gauge.Result, error)
}

// A File is an agent's own run file.
type File interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Name() string
}

// AgentOptions say who an agent is, and how it works. All but Once, Drain and Draining have to
// be set.
type AgentOptions struct {
	Name, Host string
	Version    string
	Shards     int  // loops that share its load, unless that has less to share
	Once       bool // leave after one fleet
	// Load makes a scenario of what the coordinator sent. sum is the SHA-256 of data. It is
	// called once at a time, and may take long.
	Load func(data []byte, sum string) (Load, error)
	// Create creates the file of a run of a scenario. agent is the name that the coordinator
	// has for this agent, which may be any text.
	Create func(scenario, agent string) (File, error)
	// Report is called with what happens, for people, by one goroutine. It may block.
	Report func(text string)
	// Drain ends the agent's part in order once it is closed; then Serve returns.
	Drain <-chan struct{}
	// Draining is reported if there is a part to be ended first.
	Draining string
	// Run is for each run. What a fleet decides is set by the agent.
	Run gauge.Options
}

// ErrCoordinatorLost is the error of an agent that leaves after one fleet, whose coordinator
// fell silent.
var ErrCoordinatorLost = errors.New("the coordinator fell silent")

// A RefusedError says why a coordinator did not take an agent.
type RefusedError struct {
	Reason string
	Own    string // version of the agent
	Other  string // version of the coordinator
}

// Error names both versions if they are the reason.
func (e *RefusedError) Error() string {
	if e.Own == e.Other {
		return "the coordinator refuses this agent: " + e.Reason
	}
	return fmt.Sprintf("the coordinator refuses this agent: %s (the coordinator is %s, this agent is %s)", e.Reason, e.Other, e.Own)
}
