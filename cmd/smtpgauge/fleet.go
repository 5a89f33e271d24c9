package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/crew"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// fleetHelp explains --agents, in the help of the commands that have it.
const fleetHelp = `With --agents N the load comes from N agents, on other machines or on this one, as from
one generator. It prints the line that starts an agent, waits for all of them, and has
one result. --listen says where they find it; --nats URL is for NATS servers of your
own. The agents' secret is made anew each time, or is SMTPGAUGE_TOKEN.`

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

// check refuses values that can never work.
func (f *busFlags) check(flags *pflag.FlagSet) error {
	if err := notEmpty(flags, "nats", "nats-creds", "nats-nkey", "nats-ca"); err != nil || f.url == "" {
		return err
	}
	return crew.CheckServers(f.url)
}

// notEmpty refuses flags with an empty value, as a script gives them whose variable is not set.
func notEmpty(flags *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		f := flags.Lookup(name)
		empty := f.Value.String() == ""
		if list, several := f.Value.(pflag.SliceValue); several {
			empty = slices.Contains(list.GetSlice(), "")
		}
		if f.Changed && empty {
			what, _ := pflag.UnquoteUsage(f)
			return usagef("give it a value, or leave it out", `--%s "": want %s`, name, what)
		}
	}
	return nil
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

func (f *durationFlag) String() string { return criteria.DurationText(time.Duration(*f)) }
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
	f.wait = durationFlag(agentsWait)
	flags.Var(&f.agents, "agents", "load from `N` agents, each started by smtpgauge agent")
	flags.Var(&f.listen, "listen", "wait for the agents on `[HOST]:PORT`; 0.0.0.0:PORT for those on other machines")
	f.bus.register(flags)
	flags.Var(&f.wait, "agents-wait", "wait so long for all agents to come")
}

// registerAllowLost adds the flag for commands of one run. The runs of a comparison and the
// trials of a search need all agents, because those with fewer are of another load.
func (f *fleetFlags) registerAllowLost(flags *pflag.FlagSet) {
	f.allowLost = numberflag.Whole{Least: 1, Most: 1000}
	flags.Var(&f.allowLost, "allow-lost", "a run is valid although `K` agents are lost")
}

func (f *fleetFlags) on() bool { return f.agents.Value > 0 }

// check refuses flags that do not go together.
func (f *fleetFlags) check(flags *pflag.FlagSet) error {
	if err := f.bus.check(flags); err != nil {
		return err
	}
	given := f.listen != "" || f.bus.set() || f.allowLost.Value > 0 || time.Duration(f.wait) != agentsWait
	switch {
	case !f.on() && given:
		return usagef("add --agents N", "--listen, --nats, --allow-lost and --agents-wait are for a run on agents")
	case !f.on():
		return nil
	case flags.Changed("shards"):
		return usagef("smtpgauge agent --shards N shares the part of that agent", "--shards and --agents cannot be combined: each agent has its own number of shards")
	case f.listen != "" && f.bus.url != "":
		return usagef("give --listen for agents that connect to this machine, --nats URL for NATS servers of your own", "--listen and --nats cannot be combined")
	case f.listen == "" && f.bus.url == "":
		return usagef("add --listen 0.0.0.0:4222, or --nats URL for NATS servers of your own", "--agents %d: where are the agents to come?", f.agents.Value)
	case f.bus.url == "" && f.bus.set():
		return usagef("add --nats URL", "--nats-creds, --nats-nkey and --nats-ca are for --nats")
	case f.allowLost.Value >= f.agents.Value:
		return usagef("a run is valid only if an agent is left at its end", "--allow-lost %d of --agents %d: want fewer than there are agents", f.allowLost.Value, f.agents.Value)
	}
	return nil
}

// fleetToken is the secret of a fleet.
func fleetToken() (crew.Token, error) {
	t := crew.Token{Variable: bus.TokenVariable}
	text, found := os.LookupEnv(bus.TokenVariable)
	if !found || text == "" {
		t.Token = bus.NewToken()
		return t, nil
	}
	t.Chosen = true
	var err error
	if t.Token, err = bus.ParseToken(text); err != nil {
		return t, usagef("openssl rand -hex 32 makes one", "%s: %w", bus.TokenVariable, err)
	}
	return t, nil
}

// share refuses a load of which some agents would have nothing.
func (f *fleetFlags) share(job *gauge.Job) error {
	if most := job.Plan.MostParts(); f.on() && most < f.agents.Value {
		return usagef(fmt.Sprintf("give more sessions, or --agents %d at the most", most), "--agents %d: there is work for %s at the most, because no flow of %s has more sessions or messages to share",
			f.agents.Value, human.CountOf(int64(most), "agent"), job.Plan.Name)
	}
	return nil
}

// muster waits for the agents that the flags ask for. The crew is nil if they ask for none.
func (f *fleetFlags) muster(stop interruption, stderr io.Writer, jobs ...*gauge.Job) (*crew.Crew, error) {
	if !f.on() {
		return nil, nil
	}
	for _, job := range jobs {
		if len(scenarios.SinkPorts(job.Plan)) > 0 {
			return nil, usagef("start smtpgauge sink --listen ADDRESS:PORT where all agents reach it, and give --target and the port", "the built-in server of target: {host: sink} is within one process, so agents cannot share it")
		}
	}
	token, err := fleetToken()
	if err != nil {
		return nil, err
	}
	ctx, cancel := stop.either()
	defer cancel()
	return crew.Muster(ctx, crew.Options{
		Agents: f.agents.Value, Listen: string(f.listen), URL: f.bus.url, Bus: f.bus.options, Token: token, Wait: time.Duration(f.wait), AllowLost: f.allowLost.Value,
	}, stderr, jobs...)
}
