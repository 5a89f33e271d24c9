package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/inputfile"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// sourceFlags say what to change in a scenario, and what it may load.
type sourceFlags struct {
	set     []string
	target  string
	flag    string // that target comes from; "" means --target
	flows   []string
	skip    []string
	mayLoad []string
	server  serverFlags
	look    bool // nobody is going to run the scenario
	keep    bool // what it is made of, for agents
}

func (f *sourceFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.target, "target", "", "load `HOST` in place of target.host")
	flags.StringArrayVar(&f.flows, "flow", nil, "only the flow `NAME` of the scenario (repeatable)")
	flags.StringArrayVar(&f.skip, "skip-flow", nil, "leave out the flow `NAME` (repeatable)")
	flags.StringArrayVar(&f.set, "set", nil, "override a field: `PATH=VALUE`, such as flows.relay.load.sessions=50 (repeatable)")
}

func (f *sourceFlags) registerMayLoad(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.mayLoad, "i-may-load", nil, "you may load `HOST`, although it is neither this machine nor on a private network (repeatable)")
}

// load reads and resolves a scenario by its path, builtin:NAME, or - for stdin.
// It prints the notes on a scenario that is valid.
func (f *sourceFlags) load(name string, s streams) (*gauge.Job, error) {
	find := os.LookupEnv
	if !f.look {
		var err error
		if find, err = f.server.password(s); err != nil {
			return nil, err
		}
	}
	sc, err := scenarios.Load(name, scenarios.LoadOptions{
		Set: f.set, Flows: f.flows, SkipFlows: f.skip, Target: f.target, TargetFlag: f.flag, Server: f.server.overrides(), MayLoad: f.mayLoad, LookupEnv: find, LookOnly: f.look, Keep: f.keep, Stdin: s.in,
	})
	job, err := resolve(sc, err)
	switch {
	case err != nil && inputfile.IsRunFile(name):
		return nil, usagef("smtpgauge show "+name+" prints it", "%s is a run file, not a scenario", name)
	case err == nil:
		for _, note := range sc.Notes() {
			fmt.Fprintf(s.err, "note: %s\n", note)
		}
	}
	return job, err
}

// resolve makes a job of a scenario, unless its run is too large for a run file.
func resolve(sc *scenarios.Scenario, err error) (*gauge.Job, error) {
	if err != nil {
		return nil, err
	}
	job := gauge.NewJob(sc)
	return job, fits(job)
}

// fits refuses a job whose run is too large for a run file.
func fits(job *gauge.Job) error {
	if err := job.Fits(); err != nil {
		return usagef("make the scenario smaller, or its load shorter", "%w", err)
	}
	return nil
}

// checkTarget checks a job's targets, before its run leaves any trace.
func checkTarget(job *gauge.Job) error {
	err := job.Check()
	if faults := (scenarios.Faults)(nil); err == nil || errors.As(err, &faults) {
		return err
	}
	return mayLoadError(err)
}

// mayLoadError says how to load a stranger after all.
func mayLoadError(err error) error {
	host := "HOST"
	if stranger := (*netdrive.StrangerError)(nil); errors.As(err, &stranger) {
		host = cmp.Or(stranger.Host, stranger.Addr.String())
	}
	return usagef("add --i-may-load "+printable.Text(host)+" if you may load it; builtin scenarios and smtpgauge quick sink need no server", "%w", err)
}

// strangerHint adds a hint to the error of a run that was refused because it may
// not load its target.
func strangerHint(err error) error {
	if stranger := (*netdrive.StrangerError)(nil); errors.As(err, &stranger) {
		return mayLoadError(err)
	}
	return err
}
