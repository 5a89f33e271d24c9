package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/dryrun"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/runfile"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/shardsflag"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
	"github.com/smtpgauge/smtpgauge/results/telemetry"
	"github.com/smtpgauge/smtpgauge/results/watch"
)

func newRun(s streams) *cobra.Command {
	var f runFlags
	repeat := numberflag.Whole{Value: 1, Least: 1, Most: maxRepeat}
	c := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "run a scenario, print its tables, write its run file",
		Long: `Runs a scenario. Progress goes to stderr, the tables go to stdout, and everything
measured goes to a run file, which smtpgauge show prints again.

SCENARIO is a path, - for stdin, or builtin:NAME for a scenario that comes with
the program (smtpgauge scenarios lists them). The first ^C finishes what is under
way, the second stops at once; what was measured is kept either way. SIGTERM does
the same, and so does a terminal that is closed, unless nohup is used.

` + metricsHelp + "\n\n" + watchHelp + "\n\n" + fleetHelp,
		Example: `  smtpgauge run builtin:four-ports
  smtpgauge run relay.yaml --target 10.0.0.5 --set flows.relay.load.sessions=50
  smtpgauge run builtin:matrix --target mail.example.test --user bench@example.test --ca ca.pem
  smtpgauge run relay.yaml --dry-run
  smtpgauge run relay.yaml --repeat 8 -o before.jsonl
  smtpgauge run relay.yaml --agents 4 --listen 0.0.0.0:4222
  smtpgauge run relay.yaml --quiet --format json -o relay.jsonl > relay.json`,
		Args:              exactly(1, "one SCENARIO"),
		ValidArgsFunction: completion.Scenarios(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.fleet.check(c.Flags()); err != nil {
				return err
			}
			f.source.look, f.source.keep = f.dryRun, f.fleet.on()
			job, err := f.source.load(args[0], s)
			if err != nil {
				return err
			}
			job.Plan.Rounds = max(1, job.Plan.Rounds) * repeat.Value
			if err := fits(job); err != nil {
				return err
			}
			return f.run(c.Context(), job, s)
		},
	}
	c.Flags().Var(&repeat, "repeat", "run `N` times as many rounds; rounds are what compare judges by")
	f.register(c.Flags())
	f.source.register(c.Flags())
	f.source.registerMayLoad(c.Flags())
	f.source.server.register(c.Flags())
	f.fleet.register(c.Flags())
	f.fleet.registerAllowLost(c.Flags())
	return c
}

// maxRepeat bounds --repeat.
const maxRepeat = 1000

// runFlags are the flags that run and quick share.
type runFlags struct {
	source  sourceFlags
	output  string
	format  formatFlag
	metrics addressFlag
	probe   probeFlag
	shards  shardsflag.Shards
	watch   addressFlag
	fleet   fleetFlags
	quiet   bool
	dryRun  bool
	all     bool

	allowInvalid bool
}

func (f *runFlags) register(flags *pflag.FlagSet) {
	flags.StringVarP(&f.output, "output", "o", "", "write the run file to `FILE` (default NAME-TIME.jsonl)")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress on stderr")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print what the run would do, and send nothing")
	f.probe.register(flags)
	f.shards.Register(flags)
	flags.BoolVar(&f.allowInvalid, "allow-invalid", false, allowInvalidHelp)
	flags.Var(&f.metrics, "metrics", "serve live metrics to Prometheus on `[HOST]:PORT`")
	flags.Var(&f.watch, "watch", watchUsage)
	flags.BoolVar(&f.all, "all", false, allHelp)
	f.format.register(flags, "results", render.Runs.Names())
}

// run carries out a job: it makes the run file, shows the progress, serves the
// metrics, and prints the results.
func (f *runFlags) run(ctx context.Context, job *gauge.Job, s streams) error {
	p := job.Plan
	if f.output == "-" {
		return usagef("give -o a file; show --format json prints results", "the run file cannot go to stdout, which is for the results")
	}
	if f.dryRun {
		return dryrun.Write(s.out, job, f.descriptors(p))
	}
	if err := f.fleet.share(job); err != nil {
		return err
	}
	var sharding record.Sharding
	if !f.fleet.on() { // whose agents check what they may load, and can
		if err := checkTarget(job); err != nil {
			return err
		}
		sharding = f.shards.Choose(ctx, (*gauge.Job).Sharding, job)
		machine.RaiseOpenFiles(f.descriptors(p)+shardsflag.Descriptors(sharding.Shards), s.err)
	}
	display := console.NewLive(s.err, console.LiveOptions{Quiet: f.quiet})
	stop, release := interruptible(ctx, display)
	defer release()
	live, err := expose(ctx, p, f.metrics, display)
	if err != nil {
		return err
	}
	defer live.end(stop)
	page, err := serveLivePage(f.watch, p.Name, display)
	if err != nil {
		return err
	}
	defer page.close()
	crew, err := f.fleet.muster(stop, display, job)
	if err != nil {
		page.finish(*conclusionOf(err), "", nil)
		return err
	}
	defer crew.Dismiss()
	unfit := f.probe.probe(stop, display, crew, job)
	var faults check.Faults
	if unfit != nil && !errors.As(unfit, &faults) {
		page.finish(*conclusionOf(unfit), "", nil)
		return unfit
	}
	file, err := runfile.Create(f.output, p.Name, s.results.Writer())
	if err := refusedFile(err); err != nil {
		if unfit != nil {
			fmt.Fprintf(s.err, "warning: %v\n", err)
			return unfit
		}
		return err
	}
	defer file.Close() // for the returns before the run begins

	options := gauge.Options{File: file, OnInterval: live.observe, Shards: sharding.Shards, ShardsWhy: sharding.Why, Elsewhere: crew.Elsewhere()}
	var result *gauge.Result
	if len(faults) > 0 {
		hintAtOthers(faults, p, s.err)
		if f.output == "" {
			options.File = nil // there is nothing to keep, so Close takes the file away
		}
		result, err = job.Decline(faults, options)
		if s.results.IsTerminal() && slices.Contains(tellsVerdict, f.format.name) {
			unfit = &shownFaults{faults}
		}
	} else {
		result, err = s.carryOut(stop, job, display, page, options)
	}
	err = errors.Join(err, file.Close())
	display.End()
	if err != nil && unfit != nil {
		fmt.Fprintf(s.err, "warning: the run file %s is not whole: %v\n", file.Name(), err)
		err = nil
	}
	if result == nil {
		err = cmp.Or(unfit, err)
		page.finish(*conclusionOf(err), "", nil)
		return err
	}
	if err != nil {
		err = fmt.Errorf("the run file %s is not whole: %w", file.Name(), err)
	}
	live.finish(result)
	reportSink(result.Served, display)
	if options.File == nil {
		page.finish(result.Figures.Verdict.Conclusion, "", nil)
	} else {
		fmt.Fprintf(s.err, "run file: %s\n", file.Name())
		page.finish(result.Figures.Verdict.Conclusion, "run file: "+file.Name(), func(w io.Writer) error { return writeFinishedPage(w, file.Name()) })
	}
	shown, unread := f.readBack(result.Run, file.Name(), err == nil && options.File != nil)
	summarizeStep([]*record.Run{shown}, s.err)
	if len(faults) > 0 && f.format.name == "table" && !s.results.IsTerminal() {
		return errors.Join(unread, err, unfit) // stderr says it, once
	}
	return errors.Join(unread, writeRuns(s.results, f.format.name, render.Options{All: f.all, AllowInvalid: f.allowInvalid}, shown), err, cmp.Or(unfit, f.verdictOf(result, s.err)))
}

// hintAtOthers says how to load the flows that can work, if there are any.
func hintAtOthers(faults check.Faults, p *loadgen.Plan, stderr io.Writer) {
	var unfit []string
	for _, f := range faults {
		for _, flow := range f.Flows {
			if !slices.Contains(unfit, flow) {
				unfit = append(unfit, flow)
			}
		}
	}
	if len(unfit) > 0 && len(unfit) < len(p.Flows) {
		fmt.Fprintf(stderr, "hint: without the flows that cannot work: --skip-flow %s\n", strings.Join(unfit, " --skip-flow "))
	}
}

// descriptors is how many open files a run of p needs at most, the connections to
// --metrics and --watch included.
func (f *runFlags) descriptors(p *loadgen.Plan) uint64 {
	return descriptorsFor(p) + f.metrics.descriptors(telemetry.Descriptors) + f.watch.descriptors(watch.Descriptors)
}

// readBack reads a run from its file if the output needs more than the totals: a
// page shows the run over time, and a matrix says which flow took how much CPU
// time. If the file cannot be read back, such as /dev/null, the matrix goes
// without CPU times, and the page is an error. A file that is not whole has less
// than the run that is at hand.
func (f *runFlags) readBack(run *record.Run, file string, whole bool) (*record.Run, error) {
	if whole && file != os.DevNull {
		run.Source = file
	}
	if !whole || f.format.name != "html" && run.Header.Baseline == "" {
		return run, nil
	}
	stored, err := readRuns([]string{file}, f.format.name)
	switch {
	case err == nil:
		return stored[0], nil
	case f.format.name == "html":
		return run, err
	}
	return run, nil
}

// writeFinishedPage writes the page of a run from its file, which has the run over time.
func writeFinishedPage(w io.Writer, file string) error {
	runs, err := readRuns([]string{file}, "html")
	if err != nil {
		return err
	}
	return render.Runs.Write(w, "html", runs, render.Options{})
}
