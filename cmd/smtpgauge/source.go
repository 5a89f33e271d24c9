package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/loadgen"
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
func (f *sourceFlags) load(name string, s streams) (*scenarios.Scenario, *loadgen.Plan, error) {
	sc, p, err := resolve(scenarios.Load(name, scenarios.LoadOptions{Set: f.set, Target: f.target, MayLoad: f.mayLoad, Stdin: s.in}))
	if err == nil {
		for _, note := range sc.Notes() {
			fmt.Fprintf(s.err, "note: %s\n", note)
		}
	}
	return sc, p, err
}

// resolve goes on from a scenario to its plan.
func resolve(sc *scenarios.Scenario, err error) (*scenarios.Scenario, *loadgen.Plan, error) {
	if err != nil {
		return nil, nil, err
	}
	p, err := sc.Plan()
	return sc, p, err
}

// checkTarget looks at a plan's targets before anything of its run is there.
func checkTarget(sc *scenarios.Scenario, p *loadgen.Plan) error {
	err := sc.CheckTarget(p)
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
