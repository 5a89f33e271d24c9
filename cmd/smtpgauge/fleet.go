package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/build"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/fleet"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bundle"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// fleetHelp explains --agents, in the help of the commands that have it.
const fleetHelp = `With --agents N the load comes from N agents, on other machines or on this one, as from
one generator. It prints the line that starts an agent, waits for all of them, and has
one result. --listen says where they find it; --nats URL is for NATS servers of your
own. The agents' secret is made anew each time, or is SMTPGAUGE_TOKEN.`

// tokenVariable is the environment variable that has the secret of a fleet.
const tokenVariable = "SMTPGAUGE_TOKEN"

// busFlags say how to connect to somebody's NATS servers.
type busFlags struct {
	url     string
	options bus.Options
}

func (f *busFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.url, "nats", "", "meet at the NATS servers at `URL`, several with commas between")
	flags.StringVar(&f.options.Credentials, "nats-creds", "", "the `FILE` with the credentials for --nats")
	flags.StringVar(&f.options.NKey, "nats-nkey", "", "the `FILE` with the nkey seed for --nats")
	flags.StringVar(&f.options.CA, "nats-ca", "", "the `FILE` with the certificate authority of --nats, in PEM")
}

// set tells whether --nats or a flag about it is given.
func (f *busFlags) set() bool {
	return f.url != "" || f.options.Credentials != "" || f.options.NKey != "" || f.options.CA != ""
}

// fleetFlags say from how many agents the load comes, and where they meet.
type fleetFlags struct {
	agents    numberflag.Whole
	listen    addressFlag
	bus       busFlags
	allowLost numberflag.Whole
	wait      durationFlag
}

// durationFlag is a duration as scenarios have it.
type durationFlag time.Duration

func (f *durationFlag) String() string { return time.Duration(*f).String() }
func (f *durationFlag) Type() string   { return "DURATION" }

func (f *durationFlag) Set(text string) error {
	d, err := criteria.ParseDuration(text)
	if err == nil && d <= 0 {
		err = errors.New("want more than nothing")
	}
	*f = durationFlag(d)
	return err
}

// agentsWait is how long agents are waited for unless --agents-wait says otherwise.
const agentsWait = 10 * time.Minute

func (f *fleetFlags) register(flags *pflag.FlagSet) {
	f.agents = numberflag.Whole{Least: 1, Most: 1000}
	f.allowLost = numberflag.Whole{Least: 1, Most: 1000}
	f.wait = durationFlag(agentsWait)
	flags.Var(&f.agents, "agents", "load from `N` agents, each started by smtpgauge agent")
	flags.Var(&f.listen, "listen", "wait for the agents on `[HOST]:PORT`; 0.0.0.0:PORT for those on other machines")
	f.bus.register(flags)
	flags.Var(&f.allowLost, "allow-lost", "a run is valid although `K` agents are lost")
	flags.Var(&f.wait, "agents-wait", "wait so long for all agents to come")
}

func (f *fleetFlags) on() bool { return f.agents.Value > 0 }

// check refuses flags that do not go together.
func (f *fleetFlags) check() error {
	given := f.listen != "" || f.bus.set() || f.allowLost.Value > 0 || time.Duration(f.wait) != agentsWait
	switch {
	case !f.on() && given:
		return usagef("add --agents N", "--listen, --nats, --allow-lost and --agents-wait are for a run on agents")
	case !f.on():
		return nil
	case f.listen != "" && f.bus.url != "":
		return usagef("give --listen for agents that connect to this machine, --nats URL for NATS servers of your own", "--listen and --nats cannot be combined")
	case f.listen == "" && f.bus.url == "":
		return usagef("add --listen 0.0.0.0:4222, or --nats URL for NATS servers of your own", "--agents %d: where are the agents to come?", f.agents.Value)
	case f.bus.url == "" && f.bus.set():
		return usagef("add --nats URL", "--nats-creds, --nats-nkey and --nats-ca are for --nats")
	}
	return nil
}

// fleetToken is the secret of a fleet, and whether the user chose it.
func fleetToken() (t bus.Token, chosen bool, err error) {
	text, found := os.LookupEnv(tokenVariable)
	if !found || text == "" {
		return bus.NewToken(), false, nil
	}
	if t, err = bus.ParseToken(text); err != nil {
		return t, true, usagef("openssl rand -hex 32 makes one", "%s: %w", tokenVariable, err)
	}
	return t, true, nil
}

// A crew is a fleet that is there, with what it needs to carry out jobs.
type crew struct {
	fleet *fleet.Fleet
	bus   bus.Bus
}

// muster waits for the agents that the flags ask for. It prints how to start one. The crew
// is nil if they ask for none.
func (f *fleetFlags) muster(stop interruption, stderr io.Writer, jobs ...*gauge.Job) (*crew, error) {
	if !f.on() {
		return nil, nil
	}
	for _, job := range jobs {
		if len(scenarios.SinkPorts(job.Plan)) > 0 {
			return nil, usagef("start smtpgauge sink --listen ADDRESS:PORT where all agents reach it, and give --target and the port", "the built-in server of target: {host: sink} is within one process, so agents cannot share it")
		}
	}
	token, chosen, err := fleetToken()
	if err != nil {
		return nil, err
	}
	watchers := watchersOf(jobs)
	c := &crew{}
	how := ""
	if f.listen != "" {
		server, err := bus.Serve(string(f.listen), token, f.agents.Value+len(watchers))
		if err != nil {
			return nil, err
		}
		join := server.Join()
		join.Address = reachable(join.Address)
		if chosen {
			join.Token = bus.Token{}
		}
		c.bus, how = server, "smtpgauge agent --join "+join.String()
	} else {
		o := f.bus.options
		o.Name, o.Report = "smtpgauge coordinator", reportOnce(stderr)
		if c.bus, err = bus.Connect(f.bus.url, token, o); err != nil {
			return nil, fmt.Errorf("--nats %s: %w", withoutPassword(f.bus.url), err)
		}
		how = "smtpgauge agent --nats " + withoutPassword(f.bus.url)
		if !chosen {
			how = tokenVariable + "=" + token.Secret() + " " + how
		}
	}
	c.fleet, err = fleet.New(c.bus, token, fleet.Options{
		Agents: f.agents.Value, Version: build.Version(), AllowLost: f.allowLost.Value, Watchers: watchers,
		Report: func(text string) { fmt.Fprintln(stderr, printable.Text(text)) },
	})
	if err != nil {
		c.bus.Close()
		return nil, err
	}
	note := ""
	if chosen {
		note = "   # with the same " + tokenVariable
	}
	fmt.Fprintf(stderr, "start each of the %d agents with:\n  %s\n", f.agents.Value, how+note)
	for _, name := range watchers {
		fmt.Fprintf(stderr, "and on the server's machine:\n  %s --name %s --watch PROCESS%s\n", how, name, note)
	}
	if err := f.gather(stop, c, stderr); err != nil {
		c.dismiss()
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

// gather waits for the agents, and says every 10 s who is there.
func (f *fleetFlags) gather(stop interruption, c *crew, stderr io.Writer) error {
	ctx, cancel := stop.either()
	defer cancel()
	ctx, timeout := context.WithTimeout(ctx, time.Duration(f.wait))
	defer timeout()
	told := time.NewTicker(10 * time.Second)
	defer told.Stop()
	result := make(chan error, 1)
	go func() { result <- c.fleet.Gather(ctx) }()
	for {
		select {
		case err := <-result:
			switch {
			case errors.Is(err, context.DeadlineExceeded):
				return fmt.Errorf("%s: --agents-wait makes that longer", f.attendance(c, fmt.Sprintf("not all agents came within %s", time.Duration(f.wait))))
			case errors.Is(err, context.Canceled):
				return fmt.Errorf("%w before the load", gauge.ErrInterrupted)
			}
			return err
		case <-told.C:
			fmt.Fprintln(stderr, f.attendance(c, "waiting for agents"))
		}
	}
}

// attendance says who is there.
func (f *fleetFlags) attendance(c *crew, what string) string {
	var names []string
	for _, m := range c.fleet.Members() {
		name := m.Name + " on " + m.Host
		if m.Away {
			name += " (silent)"
		}
		names = append(names, printable.Text(name))
	}
	return fmt.Sprintf("%s: %d of %d are there: %s", what, len(names), f.agents.Value, cmp.Or(strings.Join(names, ", "), "none"))
}

// probe lets each agent try the targets of some jobs, as probeFlag.probe does here.
func (c *crew) probe(stop interruption, stderr io.Writer, jobs ...*gauge.Job) error {
	ctx, cancel := stop.either()
	defer cancel()
	for _, job := range jobs {
		scenario, err := packed(job)
		if err != nil {
			return err
		}
		passing, err := c.fleet.Probe(ctx, job, scenario)
		if err := told(passing, err, stderr); err != nil {
			return err
		}
	}
	return nil
}

// elsewhere is gauge.Options.Elsewhere: it carries a job out on the crew; nil for no crew.
func (c *crew) elsewhere() func(context.Context, *gauge.Job, gauge.Options) (*record.Run, error) {
	if c == nil {
		return nil
	}
	return func(ctx context.Context, job *gauge.Job, o gauge.Options) (*record.Run, error) {
		scenario, err := packed(job)
		if err != nil {
			return nil, err
		}
		return c.fleet.Carry(ctx, job, scenario, o)
	}
}

// packed is a job's scenario as it travels.
func packed(job *gauge.Job) ([]byte, error) {
	b, err := bundle.New(job.Scenario())
	if err != nil {
		return nil, err
	}
	// Messages on the bus are sealed with the fleet's token, whatever lies below.
	if err := b.MayTravel(bundle.Way{TLS: true}); err != nil {
		return nil, err
	}
	return b.Data(), nil
}

// dismiss lets the agents go.
func (c *crew) dismiss() {
	if c != nil {
		c.fleet.Close()
		c.bus.Close()
	}
}

// reachable is an address that agents on other machines may use: of one that stands for all
// addresses of this machine, the first that is not of loopback.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || !net.ParseIP(host).IsUnspecified() {
		return address
	}
	list, err := net.InterfaceAddrs()
	if err != nil {
		return address
	}
	for _, a := range list {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() {
			return net.JoinHostPort(ip.IP.String(), port)
		}
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// reportOnce returns a function that prints each text, unless it is the one before.
func reportOnce(stderr io.Writer) func(string) {
	texts := make(chan string, 1)
	texts <- ""
	return func(text string) {
		last := <-texts
		texts <- text
		if text != last {
			fmt.Fprintf(stderr, "bus: %s\n", printable.Text(text))
		}
	}
}

// withoutPassword is a URL of NATS servers without what must not be shown.
func withoutPassword(text string) string {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		scheme, rest, found := strings.Cut(part, "://")
		if !found {
			scheme, rest = "nats", part
		}
		if _, host, found := strings.Cut(rest, "@"); found {
			rest = host
		}
		parts[i] = scheme + "://" + rest
	}
	return strings.Join(parts, ",")
}
