package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/capacityreport"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/runfile"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// errCapacity is that a server carries less than was expected of it.
var errCapacity = errors.New("the capacity is lower than expected")

// searchFlags say how a capacity is searched for.
type searchFlags struct {
	slo                      []string
	from, max, width, expect string
	trial, budget            string
	fromFlag                 *pflag.Flag
}

// register adds the flags. from is the name of the one for the first rate.
func (f *searchFlags) register(flags *pflag.FlagSet, from string) {
	flags.StringArrayVar(&f.slo, "slo", nil, "keep `GOAL`, such as 'message.response.p99 < 250ms' (repeatable; default "+scenarioGoals+")")
	flags.StringVar(&f.from, from, "10/s", "the first `RATE`, of messages of all flows together")
	f.fromFlag = flags.Lookup(from)
	flags.StringVar(&f.max, "max", "", "try no higher `RATE`")
	flags.StringVar(&f.width, "width", "5%", "end when the range is as narrow as `SHARE`, or when no trial makes it narrower")
	flags.StringVar(&f.trial, "trial", "10s", "`DURATION` of a trial, at least "+capacity.LeastTrial.String()+"; one that has shown enough ends earlier, and those that decide take twice as long")
	flags.StringVar(&f.budget, "budget", "15m", "end after `DURATION`")
	flags.StringVar(&f.expect, "expect", "", "exit 3 if the capacity is below `RATE`, 4 if that cannot be told")
}

// plan makes a plan of the flags, without goals. expect is 0 if there is none.
func (f *searchFlags) plan() (p capacity.Plan, expect float64, err error) {
	rate := func(flag, text string) float64 {
		if text == "" {
			return 0
		}
		v, wrong := parseRate(text)
		if wrong != nil && err == nil {
			err = usagef("use one such as 200/s or 30000 messages/min", "--%s %s: %w", flag, text, wrong)
		}
		return v
	}
	duration := func(flag, text string) time.Duration {
		v, wrong := criteria.ParseDuration(text)
		if wrong == nil && v < capacity.LeastTrial {
			wrong = fmt.Errorf("want %v at least", capacity.LeastTrial)
		}
		if wrong != nil && err == nil {
			err = usagef("use one such as 10s or 5m", "--%s %s: %w", flag, text, wrong)
		}
		return v
	}
	p.From, p.Max, expect = rate(f.fromFlag.Name, f.from), rate("max", f.max), rate("expect", f.expect)
	p.Trial, p.Budget = duration("trial", f.trial), duration("budget", f.budget)
	width, wrong := criteria.ParseShare(f.width)
	if (wrong != nil || width <= 0 || width > 1) && err == nil {
		err = usagef("use one such as 5%", "--width %s: want a share such as 5%%, over 0 %% and up to 100 %%", f.width)
	}
	p.Width = width
	if err == nil && p.Max > 0 && p.Max < expect {
		err = usagef("use a --max a little above --expect, such as "+human.ThreeDigits(1.2*expect)+"/s", "--expect %s is above --max %s: no trial could show that rate", f.expect, f.max)
	}
	// A maximum below the first rate that nobody asked for is the first rate.
	if err == nil && f.fromFlag.Changed && p.Max > 0 && p.Max < p.From {
		err = usagef(fmt.Sprintf("use a --%s below --max, or leave it out", f.fromFlag.Name), "--%s %s is above --max %s: no rate is between them", f.fromFlag.Name, f.from, f.max)
	}
	if err == nil {
		err = f.fits(p)
	}
	return p, expect, err
}

// fits refuses trials that can never fit the budget.
func (f *searchFlags) fits(p capacity.Plan) error {
	var long *capacity.TooLongError
	if !errors.As(p.Check(), &long) {
		return nil
	}
	const what = "--trial %s does not fit --budget %s: "
	if long.Rare {
		return usagef(fmt.Sprintf("use a higher --%s, or --budget %v at least", f.fromFlag.Name, long.Least), what+"%w", f.trial, f.budget, long)
	}
	do := fmt.Sprintf("use --trial %v and --budget %v", capacity.LeastTrial, capacity.BudgetOf(capacity.LeastTrial))
	if fits := capacity.TrialOf(p.Budget); fits >= capacity.LeastTrial {
		do = fmt.Sprintf("use --trial %v or less", fits)
	}
	return usagef(do, what+"a search takes about %d times as long as a trial", f.trial, f.budget, capacity.BudgetOf(time.Second)/time.Second)
}

// parseRate reads messages a second: 200, 200/s, 30000 messages/min.
func parseRate(text string) (float64, error) {
	full := strings.TrimSpace(text)
	if !strings.Contains(full, "/") {
		full += "/s"
	}
	v, err := criteria.ParseRate(full)
	switch {
	case err != nil:
		return 0, fmt.Errorf("want a rate such as 200/s, found %.60q", text) // as it was typed
	case v <= 0:
		return 0, errors.New("want more than nothing")
	}
	return v, nil
}

// goals are those of --slo, or else the thresholds of the scenario, as far as they are
// goals for a capacity.
func (f *searchFlags) goals(job *gauge.Job, stderr io.Writer) ([]capacity.Goal, error) {
	texts := f.slo
	if len(texts) == 0 {
		for _, t := range job.Criteria.Thresholds {
			if err := capacity.IsGoal(t); err != nil {
				fmt.Fprintf(stderr, "note: left out: %s\n", printable.Text(err.Error()))
				continue
			}
			texts = append(texts, t.Expr)
		}
	}
	goals, err := capacity.GoalsOf(job.Plan, texts)
	if err != nil {
		return nil, usagef("use one such as --slo 'message.response.p99 < 250ms' or --slo 'errors < 0.1%'", "--slo %w", err)
	}
	return goals, nil
}

// capacityFlags are the flags of capacity.
type capacityFlags struct {
	search searchFlags
	source sourceFlags
	probe  probeFlag
	shards shardsFlag
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
repeated until the range is narrow; that takes about five minutes. Between trials all
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
	f.search.register(flags, "from")
	flags.StringVarP(&f.output, "output", "o", "", "write the trials to `FILE` (default capacity-NAME-TIME.jsonl)")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress on stderr")
	f.probe.register(flags)
	f.shards.register(flags)
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

// wrongSearchFlag is wrongFlag of capacity.
func wrongSearchFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		if hint := notOfSearches[unknown.GetSpecifiedName()]; hint != "" {
			return usagef(hint+c.CommandPath()+" --help lists the flags", "%w", err)
		}
	}
	return wrongFlag(c, err)
}

// run searches for the capacity of a job's targets, and prints what it came to.
func (f *capacityFlags) run(ctx context.Context, job *gauge.Job, s streams) error {
	plan, expect, err := f.search.plan()
	if err != nil {
		return err
	}
	if plan.Goals, err = f.search.goals(job, s.err); err != nil {
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
	defer file.Close() // for the returns before the search ends
	log, report, err := capacity.Begin(file, target, time.Now(), expect)
	if err != nil {
		return err
	}
	trials := 0
	var unwritten error
	display.Turn("trial 1")
	answer, ended := capacity.Search(stop.ctx, target, plan, func(t *capacity.Trial, so capacity.Range) {
		if err := log.Add(t, so); err != nil && unwritten == nil {
			unwritten = err
			fmt.Fprintf(display, "warning: the search goes on, but its file does not: %s\n", printable.Text(err.Error()))
		}
		trials++
		if !f.quiet {
			display.Report(printable.Text(capacityreport.TrialLine(trials, t, so)))
		}
		display.Turn(fmt.Sprintf("trial %d", trials+1))
	})
	ended = strangerHint(ended)
	if answer != nil {
		answer.Findings = target.Findings()
	}
	unwritten = errors.Join(log.Finish(report, answer, ended != nil), file.Close())
	if errors.Is(ended, gauge.ErrAgentLost) { // the report says so: the search was cut short
		ended = nil
	}
	display.End()
	fmt.Fprintf(s.err, "run file: %s\n", file.Name())
	if unwritten != nil {
		unwritten = fmt.Errorf("the file %s is not whole: %w", file.Name(), unwritten)
	}
	columns, _ := s.results.Terminal()
	return errors.Join(capacityreport.Write(s.results, report, f.format.name, capacityreport.Options{Columns: columns}), unwritten, ended, f.verdictOf(report, ended))
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
	sharding := f.shards.choose(ctx, (*gauge.Job).SearchSharding, job)
	descriptors := descriptorsFor(job.Plan)
	machine.RaiseOpenFiles(descriptors+shardDescriptors(sharding.Shards), s.err)
	o.Run.Shards, o.Run.ShardsWhy = sharding.Shards, sharding.Why
	o.Run.Sink = sinkprocess.Sinks{Stderr: stderr, Descriptors: descriptors}
	return o, nil
}

// verdictOf returns why a search is not a success; nil if it is one, or if it ended in
// an error that says so.
func (f *capacityFlags) verdictOf(r *capacity.Report, ended error) error {
	e := &verdictError{}
	if f.format.name != "table" {
		e.text = printable.Text(r.Verdict.String())
	}
	switch {
	case ended != nil || r.Verdict.Word == criteria.Pass:
		return nil
	case r.Verdict.Word == criteria.Undecided:
		e.why = errUndecided
	case r.Expect > 0 && r.Gone == nil:
		e.why = errCapacity
	default:
		e.why = gauge.ErrFailed
	}
	return e
}

// quickSearch are the flags of quick for a search.
type quickSearch struct {
	on bool
	searchFlags
}

// quickSearchFlags mean something with --capacity only.
var quickSearchFlags = []string{"slo", "from-rate", "max", "width", "trial", "budget", "expect"}

func (f *quickSearch) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.on, "capacity", false, "find the highest rate at which the server keeps its goals, as smtpgauge capacity does")
	f.searchFlags.register(flags, "from-rate")
	for _, name := range quickSearchFlags {
		flags.Lookup(name).Usage = "with --capacity: " + flags.Lookup(name).Usage
	}
	output := flags.Lookup("output")
	output.Usage = strings.Replace(output.Usage, "NAME-TIME.jsonl", "quick-TIME.jsonl, with --capacity capacity-quick-TIME.jsonl", 1)
	slo := flags.Lookup("slo") // of a scenario that has no thresholds
	slo.Usage = strings.Replace(slo.Usage, scenarioGoals, usualGoals, 1)
}

// What the goals are without --slo.
const (
	scenarioGoals = "the scenario's thresholds"
	usualGoals    = "errors < 1% and message.response.p99 < 5s"
)

// searchHelp says what quick --capacity loads.
const searchHelp = `With --capacity the load is 100 messages/s, which the search scales, over at most
500 sessions at once, unless --sessions says how many. A trial takes 5s at least.`

// check refuses flags that have no effect with --capacity, or without it.
func (f *quickSearch) check(flags *pflag.FlagSet) error {
	refused, why := quickSearchFlags, "--%s needs --capacity"
	if f.on {
		refused, why = []string{"rate", "messages", "for", "metrics", "watch", "dry-run", "allow-invalid", "all", "allow-lost"}, "--%s has no effect with --capacity"
	}
	for _, name := range refused {
		if flags.Changed(name) {
			return usagef("smtpgauge quick --help says what the flags are for", why, name)
		}
	}
	return nil
}

// load is the load whose rate is scaled.
func (f *quickSearch) load(sessions string) string {
	return "rate: 100 messages/s, duration: 10s, max_sessions: " + sessions
}

// runWith searches as the flags that quick shares with run say.
func (f *quickSearch) runWith(ctx context.Context, run *runFlags, job *gauge.Job, s streams) error {
	if err := onlyCapacityFormats(run.format); err != nil {
		return err
	}
	c := capacityFlags{search: f.searchFlags, source: run.source, probe: run.probe, shards: run.shards, fleet: run.fleet, output: run.output, quiet: run.quiet, format: run.format}
	return c.run(ctx, job, s)
}
