package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// sourceFlags say which scenario is meant, and what is different about it.
type sourceFlags struct {
	set     []string
	target  string
	mayLoad []string
}

func (f *sourceFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.target, "target", "", "load `HOST` in place of target.host")
	flags.StringArrayVar(&f.set, "set", nil, "override a field: `PATH=VALUE`, such as flows.relay.load.sessions=50 (repeatable)")
}

func (f *sourceFlags) registerManners(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.mayLoad, "i-may-load", nil, "`HOST` is yours to load, though it is neither this machine nor on a private network (repeatable)")
}

// load reads and resolves a scenario by its path, builtin:NAME, or - for
// stdin. It says what there is to know about one that is right.
func (f *sourceFlags) load(name string, s streams) (*gauge.Job, error) {
	sc, err := scenarios.Load(name, scenarios.LoadOptions{Set: f.set, Target: f.target, MayLoad: f.mayLoad, Stdin: s.in})
	job, err := resolve(sc, err)
	if err == nil {
		for _, note := range sc.Notes() {
			fmt.Fprintf(s.err, "note: %s\n", note)
		}
	}
	return job, err
}

// resolve goes on from a scenario to a job, if a run of it has room in a run file.
func resolve(sc *scenarios.Scenario, err error) (*gauge.Job, error) {
	if err != nil {
		return nil, err
	}
	job := gauge.NewJob(sc)
	if err := job.Fits(); err != nil {
		return nil, usagef("make the scenario smaller, or its load shorter", "%w", err)
	}
	return job, nil
}

// checkTarget looks at a job's targets before anything of its run is there.
func checkTarget(job *gauge.Job) error {
	err := job.Check()
	if faults := (scenarios.Faults)(nil); err == nil || errors.As(err, &faults) {
		return err
	}
	return usagef(mayLoadHint, "%w", err)
}

// withManners adds what to type to the error of a run that would have loaded a
// stranger.
func withManners(err error) error {
	if stranger := (*netdrive.StrangerError)(nil); errors.As(err, &stranger) {
		return usagef(mayLoadHint, "%w", err)
	}
	return err
}

const mayLoadHint = "--i-may-load HOST says that you may load it; builtin scenarios and smtpgauge quick sink need no server"
