package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/capacityreport"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/capacitysearch"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/runfile"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/shardsflag"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/usage"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// capacityFlags are the flags of capacity.
type capacityFlags struct {
	search capacitysearch.Flags
	source sourceFlags
	probe  probeFlag
	shards shardsflag.Shards
	fleet  fleetFlags
	output string
	quiet  bool
	format formatFlag
}

func newCapacity(s streams) *cobra.Command {
	var f capacityFlags
	c := &cobra.Command{
		Use:   "capacity SCENARIO",
		Short: "find the highest rate at which a server keeps its goals",
		Long: `Loads a server at one rate after the other, and says up to which rate it keeps the
goals. The rates of all flows are scaled together, so that the mix stays. Each flow
needs an open load (load.rate or load.stages).

A trial passes if its messages keep each goal, and their queue does not grow. Rates
double from a low one, the interval is halved, and trials around the boundary are
repeated until the range is narrow; that takes about ` + capacitysearch.Minutes(capacity.UsualTrial) + ` minutes. Between trials all
sessions are closed. In the end the answer is measured afresh, at 80, 120 and 100 %.

Everything goes to a file, a line a trial, which smtpgauge show prints again. If a
flow has no goal for errors, it is errors < 1%.

` + fleetHelp,
		Example: `  smtpgauge capacity relay.yaml --slo 'message.response.p99 < 250ms'
  smtpgauge capacity relay.yaml --expect 500/s --max 1000/s
  smtpgauge capacity relay.yaml --agents 4 --listen 0.0.0.0:4222
  smtpgauge quick mail.example.test --capacity --user bench@example.test`,
		Args:              exactly(1, "one SCENARIO"),
		ValidArgsFunction: completion.Scenarios(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.fleet.check(c.Flags()); err != nil {
				return err
			}
			f.source.keep = f.fleet.on()
			job, err := f.source.load(args[0], s)
			if err != nil {
				return err
			}
			return f.run(c.Context(), job, s)
		},
	}
	c.SetFlagErrorFunc(wrongSearchFlag)
	flags := c.Flags()
	f.search.Register(flags, "from")
	flags.StringVarP(&f.output, "output", "o", "", "write the trials to `FILE` (default capacity-NAME-TIME.jsonl)")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress on stderr")
	f.probe.register(flags)
	f.shards.Register(flags)
	f.source.register(flags)
	f.source.registerMayLoad(flags)
	f.source.server.register(flags)
	f.fleet.register(flags)
	f.format.register(flags, "report", capacityreport.Formats)
	return c
}

// notOfSearches says what to use in place of flags that other commands have.
var notOfSearches = map[string]string{
	"from-rate": "did you mean --from? ",
	"rate":      "a search chooses its rates: --from is the first, --max the highest; ",
	"watch":     "a search has no page while it goes on, only its progress on stderr; ",
	"metrics":   "a search sends no metrics while it goes on, only its progress on stderr; ",
}

// wrongSearchFlag is usage.WrongFlag of capacity.
func wrongSearchFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		if hint := notOfSearches[unknown.GetSpecifiedName()]; hint != "" {
			return usagef(hint+c.CommandPath()+" --help lists the flags", "%w", err)
		}
	}
	return usage.WrongFlag(c, err)
}

// run searches for the capacity of a job's targets, and prints what it came to.
func (f *capacityFlags) run(ctx context.Context, job *gauge.Job, s streams) error {
	plan, expect, err := f.search.Plan()
	if err != nil {
		return err
	}
	if plan.Goals, err = f.search.Goals(job, s.err); err != nil {
		return err
	}
	display := console.NewLive(s.err, console.LiveOptions{Quiet: f.quiet})
	options, err := f.options(ctx, job, display, s)
	if err != nil {
		return err
	}
	stop, release := interruptible(ctx, display)
	defer release()
	options.Run.Drain = stop.drain
	options.Run.OnInterval = func(i *record.Progress) {
		p := console.NewProgress(job.Plan, i)
		p.Draining = stop.draining()
		display.Show(p)
	}
	target, err := capacity.NewTarget(job, plan.Goals, options)
	if err != nil {
		return usagef("smtpgauge capacity --help says what a flow needs", "%w", err)
	}
	crew, err := f.fleet.muster(stop, display, job)
	if err != nil {
		return err
	}
	defer crew.Dismiss()
	if crew != nil {
		target.UseAgents(crew.Agents(), crew.Elsewhere())
	}
	if err := f.probe.probe(stop, display, crew, job); err != nil {
		return err
	}
	file, err := runfile.Create(f.output, "capacity-"+job.Plan.Name, s.results.Writer())
	if err := refusedFile(err); err != nil {
		return err
	}
	defer file.Close() // for the return before the search ends
	search := capacitysearch.Search{
		Target: target, Plan: plan, Expect: expect, File: file, Quiet: f.quiet,
		Display: display, Stderr: s.err, Results: s.results, Format: f.format.name,
	}
	report, ended, written := search.Run(stop.ctx)
	return errors.Join(written, strangerHint(ended), f.verdictOf(report, ended))
}

// options are how trials are carried out on this machine, or on agents, which check what
// they may load, and can.
func (f *capacityFlags) options(ctx context.Context, job *gauge.Job, stderr io.Writer, s streams) (o capacity.TargetOptions, err error) {
	o.Run.FreeCores = s.freeCores
	if f.fleet.on() {
		return o, nil
	}
	if err := checkTarget(job); err != nil {
		return o, err
	}
	sharding := f.shards.Choose(ctx, (*gauge.Job).SearchSharding, job)
	descriptors := descriptorsFor(job.Plan)
	machine.RaiseOpenFiles(descriptors+shardsflag.Descriptors(sharding.Shards), s.err)
	o.Run.Shards, o.Run.ShardsWhy = sharding.Shards, sharding.Why
	o.Run.Sink = sinkprocess.Sinks{Stderr: stderr, Descriptors: descriptors}
	return o, nil
}

// verdictOf returns why a search is not a success; nil if it is one, or if it ended in
// an error that says so. There is no report of a search that did not begin.
func (f *capacityFlags) verdictOf(r *capacity.Report, ended error) error {
	if ended != nil || r == nil {
		return nil
	}
	why := capacitysearch.Shortfall(r)
	if why == nil {
		return nil
	}
	e := &verdictError{why: why}
	if f.format.name != "table" {
		e.text = printable.Text(r.Verdict.String())
	}
	return e
}

// runSearch searches as the flags that quick shares with run say.
func (f *runFlags) runSearch(ctx context.Context, search capacitysearch.Flags, job *gauge.Job, s streams) error {
	if err := onlyCapacityFormats(f.format); err != nil {
		return err
	}
	c := capacityFlags{search: search, source: f.source, probe: f.probe, shards: f.shards, fleet: f.fleet, output: f.output, quiet: f.quiet, format: f.format}
	return c.run(ctx, job, s)
}
