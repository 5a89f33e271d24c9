package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/shardsflag"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func newAB(s streams) *cobra.Command {
	var f compareFlags
	var l alternation
	var hosts [2]string
	c := &cobra.Command{
		Use:   "ab A.yaml B.yaml",
		Short: "alternate between two scenarios, or two servers, and compare",
		Long: `Runs two scenarios in turn, or one against two servers, and judges the second
against the first as smtpgauge compare does. The turns go A B B A, again and
again, so that a slow change of the machine weighs on both sides alike. The gates
are those that the second scenario declares, or those of --fail-on. The run files
are kept in a folder, for compare.

` + watchHelp + "\n\n" + fleetHelp,
		Example: `  smtpgauge ab before.yaml after.yaml --min-effect 3%
  smtpgauge ab relay.yaml --a 10.0.0.5 --b 10.0.0.6 --repeat 10`,
		Args:              cobra.RangeArgs(0, 2),
		ValidArgsFunction: completion.Scenarios(2),
		RunE: func(c *cobra.Command, args []string) (err error) {
			o, err := f.options()
			if err != nil {
				return err
			}
			if err := l.fleet.check(c.Flags()); err != nil {
				return err
			}
			hint := c.CommandPath() + " --help shows examples"
			switch byHost := hosts[0] != "" && hosts[1] != ""; {
			case len(args) == 2 && hosts == [2]string{}:
			case len(args) == 1 && byHost:
				args, l.byHost = append(args, args[0]), true
			default:
				return usagef(hint, "ab takes two scenarios, or one with --a and --b")
			}
			if err := l.load(args, hosts, s); err != nil {
				return err
			}
			var end ending
			if l.page, err = serveLivePage(l.watch, l.jobs[0].Plan.Name, s.err); err != nil {
				return err
			}
			defer func() { l.endPage(err, end) }()
			runs, err := l.run(c.Context(), o, s)
			if len(runs[0]) == 0 || len(runs[1]) == 0 {
				return err
			}
			comparison, failed := f.judge(runs[0], runs[1], o)
			if failed != nil {
				return errors.Join(err, failed)
			}
			comparison.Alternates = true
			comparison.Verdict = unlessSpoiled(comparison.Verdict, err)
			if len(hosts[0]) > 0 {
				comparison.Base.Name, comparison.New.Name = hosts[0], hosts[1]
			}
			end = ending{&comparison.Verdict, func(w io.Writer) error {
				return render.Comparisons.Write(w, "html", comparison, render.Options{All: f.all})
			}}
			return errors.Join(f.finish(s, comparison), err)
		},
	}
	c.Flags().StringVar(&hosts[0], "a", "", "with one scenario: the base side loads `HOST`")
	c.Flags().StringVar(&hosts[1], "b", "", "with one scenario: the new side loads `HOST`")
	l.register(c.Flags())
	f.register(c.Flags())
	return c
}

func newNoise(s streams) *cobra.Command {
	var f noiseFlags
	var l alternation
	var format formatFlag
	c := &cobra.Command{
		Use:   "noise SCENARIO",
		Short: "find the smallest change a set-up can see",
		Long: `Runs a scenario again and again without any change, and says how much its figures
vary. From that follows how small a change this machine, this server and this
scenario can see, and how many rounds it takes to see a smaller one.

` + watchHelp + "\n\n" + fleetHelp,
		Example: `  smtpgauge noise builtin:four-ports
  smtpgauge noise relay.yaml --repeat 10 --metrics 'message.*'`,
		Args:              exactly(1, "one SCENARIO"),
		ValidArgsFunction: completion.Scenarios(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if err := l.fleet.check(c.Flags()); err != nil {
				return err
			}
			if err := l.load([]string{args[0], args[0]}, [2]string{l.source.target, l.source.target}, s); err != nil {
				return err
			}
			if l.page, err = serveLivePage(l.watch, l.jobs[0].Plan.Name, s.err); err != nil {
				return err
			}
			var end ending
			defer func() { l.endPage(err, end) }()
			runs, err := l.run(c.Context(), f.options(), s)
			if len(runs[0]) == 0 || len(runs[1]) == 0 {
				return err
			}
			noise, failed := compare.MeasureNoise(runs[0], runs[1], f.options())
			if failed != nil {
				return errors.Join(err, failed)
			}
			noise.Verdict = unlessSpoiled(noise.Verdict, err)
			end.verdict = &noise.Verdict
			o := options(s.results)
			o.All = f.all
			return errors.Join(render.Noises.Write(s.results, format.name, noise, o), concluded(noise.Verdict), err)
		},
	}
	c.Flags().StringVar(&l.source.target, "target", "", "load `HOST` in place of target.host")
	format.register(c.Flags(), "noise", render.Noises.Names())
	l.register(c.Flags())
	f.register(c.Flags())
	return c
}

// An alternation runs two scenarios in the order A B B A.
type alternation struct {
	source sourceFlags
	repeat numberflag.Whole
	output string
	probe  probeFlag
	shards shardsflag.Shards
	fleet  fleetFlags
	quiet  bool
	watch  addressFlag
	page   livePage
	jobs   [2]*gauge.Job
	byHost bool // the sides differ by --a and --b

	allowInvalid bool
}

func (l *alternation) register(flags *pflag.FlagSet) {
	l.repeat = numberflag.Whole{Least: 1, Most: maxRepeat}
	flags.Var(&l.repeat, "repeat", "run each side `N` times (default: two more than a verdict needs)")
	flags.StringVarP(&l.output, "output", "o", "", "keep the run files in the folder `DIR` (default NAME-TIME)")
	l.probe.register(flags)
	l.shards.Register(flags)
	flags.Var(&l.watch, "watch", watchUsage)
	flags.BoolVar(&l.allowInvalid, "allow-invalid", false, "if a run is INVALID, judge all the same, and let the exit code be that of the comparison")
	flags.BoolVar(&l.quiet, "quiet", false, "no progress on stderr")
	flags.StringArrayVar(&l.source.set, "set", nil, "override a field on both sides: `PATH=VALUE` (repeatable)")
	l.source.registerMayLoad(flags)
	l.source.server.register(flags)
	l.fleet.register(flags)
}

// load reads both sides before anything runs, so that a fault in the second is
// found at once.
func (l *alternation) load(names []string, targets [2]string, s streams) error {
	var errs []error
	for i, name := range names {
		source := l.source
		source.target, source.keep = targets[i], l.fleet.on()
		if l.byHost {
			source.flag = [2]string{"--a", "--b"}[i]
		}
		job, err := source.load(name, s)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l.jobs[i] = job
		if l.fleet.on() { // whose agents check what they may load, and can
			if err := l.fleet.share(job); err != nil {
				return err
			}
			continue
		}
		if err := checkTarget(job); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 && names[0] == names[1] {
		return errs[0]
	}
	return errors.Join(errs...)
}

// run goes through all turns, and returns the runs of each side. If there is an
// error beside the runs, then turns are missing or a run is invalid.
func (l *alternation) run(ctx context.Context, o compare.Options, s streams) (runs [2][]*record.Run, err error) {
	display := console.NewLive(s.err, console.LiveOptions{Quiet: l.quiet})
	stop, release := interruptible(ctx, display)
	defer release()
	defer display.End()
	crew, err := l.fleet.muster(stop, display, l.jobs[:]...)
	if err != nil {
		return runs, err
	}
	defer crew.Dismiss()
	if err := l.probe.probe(stop, display, crew, l.jobs[:]...); err != nil {
		return runs, err
	}
	folder, err := l.folder()
	if err != nil {
		return runs, err
	}
	options := gauge.Options{Elsewhere: crew.Elsewhere()}
	if crew == nil {
		sharding := l.shards.Choose(ctx, (*gauge.Job).Sharding, l.jobs[:]...)
		options.Shards, options.ShardsWhy = sharding.Shards, sharding.Why
	}
	turns := l.repeat.Value // 0 until the first run says how many
	for turn := 0; turns == 0 || turn < turns; turn++ {
		for _, side := range [2][2]int{{0, 1}, {1, 0}}[turn%2] {
			name := filepath.Join(folder, fmt.Sprintf("%c%d.jsonl", "ab"[side], turn+1))
			display.Turn(turnText(turn, turns, side))
			run, failed := s.turn(stop, l.jobs[side], options, name, display, l.page)
			if run != nil {
				runs[side] = append(runs[side], run)
			}
			if failed != nil || run.Interrupted() {
				return runs, errors.Join(failed, checkRuns(runs))
			}
			if turns == 0 {
				if turns, err = turnsNeeded(run, o); err != nil {
					return runs, compared(err, "--metrics takes one of those, or a pattern such as message.*")
				}
				if !l.quiet {
					fmt.Fprintf(display, "%d turns a side: as many as a verdict needs, with two rounds to spare\n", turns)
				}
			}
		}
	}
	fmt.Fprintf(display, "run files: %s\n", folder)
	err = checkRuns(runs)
	if l.allowInvalid {
		err = allowInvalid(err, display)
	}
	return runs, err
}

// An ending is what turns came to.
type ending struct {
	verdict *criteria.Conclusion  // nil if nothing could be judged
	page    func(io.Writer) error // writes the finished page; nil for none
}

// endPage shows on the live page what the command came to, and ends serving it. err is why
// nothing could be judged.
func (l *alternation) endPage(err error, end ending) {
	verdict := end.verdict
	if verdict == nil {
		verdict = conclusionOf(err)
	}
	l.page.finish(*verdict, "", end.page)
	l.page.close()
}

// turnText names a turn on the display: "turn 2 of 8, side a". How many there are is 0
// if that is not known yet.
func turnText(turn, turns, side int) string {
	of := ""
	if turns > 0 {
		of = fmt.Sprintf(" of %d", turns)
	}
	return fmt.Sprintf("turn %d%s, side %c", turn+1, of, "ab"[side])
}

// unlessSpoiled is the conclusion, unless runs failed, are invalid or missing: then
// nothing better follows from them.
func unlessSpoiled(v criteria.Conclusion, err error) criteria.Conclusion {
	switch {
	case err == nil:
		return v
	case errors.Is(err, gauge.ErrInterrupted):
		return criteria.Conclusion{Word: criteria.Undecided, Reason: "it was interrupted"}
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	switch failed := errors.Is(err, gauge.ErrFailed); {
	case failed && v.Word == criteria.Failed:
		return v
	case failed:
		return criteria.Conclusion{Word: criteria.Failed, Reason: first}
	}
	return criteria.Conclusion{Word: criteria.Invalid, Reason: first}
}

// turnsNeeded is how many turns a side a verdict needs, with two rounds more so
// that one bad round does not spoil it.
func turnsNeeded(first *record.Run, o compare.Options) (int, error) {
	needed, err := compare.RoundsNeeded(first, o)
	if err != nil {
		return 0, err
	}
	rounds := max(1, first.Header.Rounds)
	return (needed + 2 + rounds - 1) / rounds, nil
}

// checkRuns returns an error if a run was interrupted, failed or is invalid.
func checkRuns(sides [2][]*record.Run) error {
	var errs []error
	runs := slices.Concat(sides[0], sides[1])
	count, first := map[error]int{}, map[error]string{}
	for _, r := range runs {
		if r.Interrupted() {
			errs = append(errs, gauge.ErrInterrupted)
		}
		v := figures.Of(r).Verdict
		if v.Valid {
			continue
		}
		kind := gauge.ErrInvalid
		if v.Word == criteria.Failed {
			kind = gauge.ErrFailed
		}
		if count[kind]++; count[kind] == 1 {
			first[kind] = v.Why()[0]
		}
	}
	for _, kind := range []error{gauge.ErrFailed, gauge.ErrInvalid} {
		if n := count[kind]; n > 0 {
			errs = append(errs, fmt.Errorf("%w in %d of %d runs, first: %s", kind, n, len(runs), first[kind]))
		}
	}
	return errors.Join(errs...)
}

// folder makes the folder for the run files. One that -o names may exist; one that
// has no name yet is always new.
func (l *alternation) folder() (string, error) {
	if l.output != "" {
		if taken := earlierTurns(l.output); len(taken) > 0 {
			return "", usagef("give -o another folder, or move those files away", "%s holds the run files of an earlier comparison, such as %s", l.output, taken[0])
		}
		return l.output, os.MkdirAll(l.output, 0o777)
	}
	base := l.jobs[0].Plan.Name + "-" + time.Now().Format("20060102-150405")
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		if err := os.Mkdir(name, 0o777); !errors.Is(err, os.ErrExist) {
			return name, err
		}
	}
}

// earlierTurns are the files in a folder that are named as a turn's.
func earlierTurns(folder string) (names []string) {
	entries, _ := os.ReadDir(folder) // if it cannot be read, making it or writing to it fails
	for _, e := range entries {
		if turnName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

var turnName = regexp.MustCompile(`^[ab][0-9]+\.jsonl$`)
