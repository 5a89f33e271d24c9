package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/build"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/crew"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/runfile"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/fleet"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bundle"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
)

// agentFlags are the flags of agent.
type agentFlags struct {
	join   string
	bus    busFlags
	name   string
	output string
	rules  bundle.Rules
	shards numberflag.Whole
	once   bool
	watch  []string
	later  bool
}

func newAgent(s streams) *cobra.Command {
	f := agentFlags{shards: numberflag.Whole{Value: 1, Least: 1, Most: gauge.MaxShards}}
	c := &cobra.Command{
		Use:   "agent --join URL",
		Short: "take part in the runs of a coordinator on another machine",
		Long: `Takes part in the runs of smtpgauge run, quick, capacity, ab and noise with --agents:
it gets its part of the load from that coordinator, which it connects to, and writes a
run file of its own for each. If a coordinator is lost, smtpgauge show --merge makes one
result of the agents' files.

It serves those who know its token: the one in --join, or SMTPGAUGE_TOKEN. Which
servers it loads beyond this machine and private networks is its own decision, by
--i-may-load; a coordinator has no say in it.

With --watch it does not load. It looks at the server, whose processes on this machine
--watch names, in the runs of scenarios with server: {agent: NAME}. They have to be
there when it starts, or with --watch-later when a run begins.

After a run it waits for the next, unless --once. The first ^C ends its part in
order, the second at once.`,
		Example: `  smtpgauge agent --join smtpgauge://TOKEN@10.0.0.5:4222/FINGERPRINT
  SMTPGAUGE_TOKEN=... smtpgauge agent --join smtpgauge://10.0.0.5:4222 --once
  smtpgauge agent --join smtpgauge://TOKEN@10.0.0.5:4222/FINGERPRINT --name mx1 --watch postfix
  SMTPGAUGE_TOKEN=... smtpgauge agent --nats tls://nats.example.test --nats-creds agent.creds`,
		Args:              exactly(0, "no arguments"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.check(c.Flags(), s); err != nil {
				return err
			}
			return f.run(c.Context(), s)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.join, "join", "", "the coordinator's `URL`, as a command with --agents prints it")
	f.bus.register(flags)
	flags.StringVar(&f.name, "name", "", "the agent's `NAME` in results (default the machine's)")
	flags.BoolVar(&f.once, "once", false, "leave after the runs of one coordinator")
	flags.StringVarP(&f.output, "output", "o", "", "write the agent's own run file to `FILE`, of further runs to FILE-2, FILE-3 (default NAME-AGENT-TIME.jsonl)")
	flags.Var(&f.shards, "shards", "share this agent's part among `N` loops, each on a core of its own if there are as many; an agent with twice as many as another has twice its part")
	flags.StringArrayVar(&f.rules.MayLoad, "i-may-load", nil, "this agent may load `HOST`, although it is neither this machine nor on a private network (repeatable)")
	flags.StringArrayVar(&f.rules.Secrets, "secret", nil, "give scenarios with secrets: agent the `SECRET` env:NAME or file:PATH of this machine (repeatable)")
	flags.StringArrayVar(&f.watch, "watch", nil, "look at the server's `PROCESS` on this machine in place of loading it: a name, pid file, systemd unit or control group (repeatable)")
	flags.BoolVar(&f.later, "watch-later", false, "the processes of --watch may start after this agent, and before a run begins")
	return c
}

// find looks for the processes of --watch, so that a mistake shows where it was made.
func (f *agentFlags) find(s streams) error {
	if len(f.watch) == 0 {
		if f.later {
			return usagef("add --watch PROCESS", "--watch-later is for --watch")
		}
		return nil
	}
	_, err := serverside.New(serverside.Options{Processes: f.watch})
	if err == nil {
		return nil
	}
	missing := strings.ReplaceAll(err.Error(), "\n", "; ")
	if !serverside.IsAbsent(err) {
		return usagef("--watch takes a process by its name, a pid file, a systemd unit or a control group, of this machine", "--watch: %s", missing)
	}
	if f.later {
		fmt.Fprintf(s.err, "not there yet, and looked for again when a run begins: %s\n", printable.Text(missing))
		return nil
	}
	return usagef("--watch-later is for a server that starts after this agent", "--watch: %s", missing)
}

// dial connects to where the flags say.
func (f *agentFlags) dial(s streams) (bus.Bus, bus.Token, error) {
	report := crew.ReportOnce(s.err)
	switch {
	case f.join == "" && f.bus.url == "":
		return nil, bus.Token{}, usagef("smtpgauge run SCENARIO --agents N --listen 0.0.0.0:4222 prints the line to start an agent with", "where is the coordinator? give --join URL or --nats URL")
	case f.join != "" && f.bus.set():
		return nil, bus.Token{}, usagef("--join is for a coordinator that listens itself, --nats for NATS servers of your own", "--join and --nats cannot be combined")
	}
	var join bus.Join
	var err error
	if f.join != "" {
		if join, err = bus.ParseJoin(f.join); err != nil {
			return nil, bus.Token{}, usagef("copy the whole line that the coordinator printed", "--join: %w", err)
		}
	}
	token := join.Token
	if token == (bus.Token{}) {
		known, err := fleetToken()
		if err != nil {
			return nil, token, err
		}
		if token = known.Token; !known.Chosen {
			return nil, token, usagef("set "+bus.TokenVariable+", or give --join the whole line that the coordinator printed", "this agent knows no token")
		}
	}
	if f.join != "" {
		b, err := join.Dial(token, report)
		return b, token, err
	}
	o := f.bus.options
	o.Name, o.Report = "smtpgauge agent", report
	b, err := crew.Connect(f.bus.url, token, o)
	return b, token, err
}

// check refuses what would otherwise show when a run begins, on another machine perhaps.
func (f *agentFlags) check(flags *pflag.FlagSet, s streams) error {
	if err := notEmpty(flags, "join", "name", "output", "watch", "secret", "i-may-load"); err != nil {
		return err
	}
	if err := f.bus.check(flags); err != nil {
		return err
	}
	const named = "the machine's name is the default"
	switch {
	case len(f.name) > bus.MaxName:
		return usagef(named, "--name has %d octets, want at most %d", len(f.name), bus.MaxName)
	case printable.Text(f.name) != f.name || strings.TrimSpace(f.name) != f.name:
		return usagef(named, "--name %q: want a text that can be printed, without blanks around it", f.name)
	}
	if err := bundle.CheckSecrets(f.rules.Secrets); err != nil {
		return usagef("--secret env:SMTP_PASSWORD, for example, where that is set", "--secret %w", err)
	}
	if err := f.find(s); err != nil || len(f.watch) > 0 {
		return err
	}
	if err := runfile.CheckNew(f.output, s.results.Writer()); err != nil {
		return usagef("give -o the name of a file in a folder that is there and may be written to", "-o: %w", err)
	}
	return nil
}

func (f *agentFlags) run(ctx context.Context, s streams) error {
	b, token, err := f.dial(s)
	if err != nil {
		return err
	}
	defer b.Close()
	stop, release := interruptibleBy(ctx, func() {}, s.err) // the agent knows whether there is something to drain
	defer release()
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	if len(f.watch) > 0 {
		return f.explained(fleet.Watch(stop.ctx, b, token, fleet.WatchOptions{
			Name: cmp.Or(f.name, host), Host: host, Version: build.Version(), Once: f.once, Drain: stop.drain,
			Open:   f.look,
			Report: func(text string) { fmt.Fprintln(s.err, printable.Text(text)) },
		}))
	}
	o := fleet.AgentOptions{
		Name: cmp.Or(f.name, host), Host: host, Version: build.Version(), Shards: f.shards.Value, Once: f.once,
		Drain:    stop.drain,
		Draining: draining,
		Report:   func(text string) { fmt.Fprintln(s.err, printable.Text(text)) },
		Load:     func(data []byte, sum string) (fleet.Load, error) { return f.load(data, sum, s) },
		Create: func(scenario, agent string) (fleet.File, error) {
			return runfile.CreateNew(f.output, scenario+"-"+runfile.Word(agent), s.results.Writer())
		},
		Run: gauge.Options{FreeCores: s.freeCores},
	}
	return f.explained(fleet.Serve(stop.ctx, b, token, o))
}

// look begins to look at the server, which is loaded at some targets.
func (f *agentFlags) look(targets []bus.Target) (fleet.Looker, error) {
	o := serverside.Options{Processes: f.watch}
	for _, t := range targets {
		o.Targets = append(o.Targets, serverside.Target(t))
	}
	o.Targets = serverside.OwnAddresses().Here(o.Targets)
	return serverside.New(o)
}

// explained adds to the error of an agent what to do.
func (f *agentFlags) explained(err error) error {
	if refused := (*fleet.RefusedError)(nil); errors.As(err, &refused) && refused.Own != refused.Other {
		return usagef("install the same smtpgauge on both machines", "%w", err)
	}
	return err
}

// load makes a job of what the coordinator sent, by this agent's own rules.
func (f *agentFlags) load(data []byte, sum string, s streams) (fleet.Load, error) {
	scenario, err := bundle.Open(data, sum, f.rules)
	if err != nil {
		return nil, err
	}
	job := gauge.NewJob(scenario)
	load := fleet.JobLoad{Job: job, Permit: func(ctx context.Context, p *loadgen.Plan) error { return f.rules.Permit(ctx, scenario, p) }}
	return partLoad{load, s}, nil
}

// A partLoad has the descriptors for the part of its load that falls to it.
type partLoad struct {
	fleet.JobLoad
	s streams
}

// Run implements fleet.Load.
func (l partLoad) Run(ctx context.Context, o gauge.Options) (*gauge.Result, error) {
	machine.RaiseOpenFiles(uint64(l.Plan.PartSessions(o.Part, o.Shards))+spareDescriptors, l.s.err)
	return l.JobLoad.Run(ctx, o)
}
