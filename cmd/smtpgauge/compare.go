package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/stepsummary"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func newCompare(s streams) *cobra.Command {
	var f compareFlags
	var base, other, flows []string
	c := &cobra.Command{
		Use:   "compare BASE NEW",
		Short: "judge runs: slower, faster, or noise",
		Long: `Judges the runs of one side against those of another, flow by flow; or one flow
of a run against another flow. It judges by rounds: make enough of them with
run --repeat, or alternate between both sides with smtpgauge ab. If there are too
few rounds for a verdict, the table says how many are enough.

The headlines are compared: how long messages take, rate, errors, the set-up of
sessions and the generator's CPU time. --all adds each phase, and more rows need
more rounds. A row is worse, or better, if its change is significant among all that
were tested and not under the smallest effect of interest; same, if its change is
surely smaller; and not shown, if the rounds cannot tell.

The first word and the last line are PASS, FAILED (exit code 3: a row is worse, or
if there are gates, one is missed) or UNDECIDED (exit code 4: too few rounds, or too
few messages for a gate; the line says how many are enough).

Gates are those that the scenario of the new side declares (gates, and
min_effect with them), and --fail-on and --min-effect take their place. Between
two flows of a run, the gates of the scenario are not used.`,
		Example: `  smtpgauge compare before.jsonl after.jsonl
  smtpgauge compare --base 'before-*.jsonl' --new 'after-*.jsonl' --min-effect 3%
  smtpgauge compare ports.jsonl --flow relay-25 --flow submit-587
  smtpgauge compare before.jsonl after.jsonl --fail-on 'message.p99 > +5%'
  smtpgauge compare before.jsonl after.jsonl --format html >comparison.html`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completion.RunFiles,
		RunE: func(c *cobra.Command, args []string) error {
			comparison, err := f.compare(c, args, base, other, flows)
			if err != nil {
				return compared(err, "--metrics takes one of those, or a pattern such as message.*")
			}
			return f.finish(s, comparison)
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&base, "base", nil, "run files of the base side: `GLOB` (repeatable)")
	flags.StringArrayVar(&other, "new", nil, "run files of the new side: `GLOB` (repeatable)")
	flags.StringArrayVar(&flows, "flow", nil, "give it twice: judges the second `FLOW` of the runs against the first")
	f.register(flags)
	return c
}

// compareFlags are the flags that compare and ab share.
type compareFlags struct {
	noiseFlags
	minEffect numberflag.Percent
	failOn    []string
	format    formatFlag
}

func (f *compareFlags) register(flags *pflag.FlagSet) {
	f.noiseFlags.register(flags)
	flags.Var(&f.minEffect, "min-effect", "smallest effect of interest, as `PERCENT`: a smaller change is not worse (default: that of the new side's scenario, or 5%)")
	flags.StringArrayVar(&f.failOn, "fail-on", nil, "exit with code 3 on a `CHANGE` such as 'message.p99 > +5%', and on no other (repeatable; default: the gates of the new side's scenario)")
	f.format.register(flags, "comparison", render.Comparisons.Names())
}

// noiseFlags are the flags that noise, compare and ab share.
type noiseFlags struct {
	alpha   numberflag.Chance
	metrics []string
	all     bool
}

func (f *noiseFlags) register(flags *pflag.FlagSet) {
	f.alpha = stats.DefaultAlpha
	flags.Var(&f.alpha, "alpha", "chance that there is a false alarm in any row")
	flags.StringArrayVar(&f.metrics, "metrics", nil, "test only metrics that match `PATTERN`, such as message.* or relay.rate: fewer metrics need fewer rounds (repeatable)")
	flags.BoolVar(&f.all, "all", false, "also test the phases, and show the statistics")
}

func (f *noiseFlags) options() compare.Options {
	return compare.Options{Alpha: float64(f.alpha), Metrics: f.metrics, All: f.all}
}

func (f *compareFlags) options() (compare.Options, error) {
	o := f.noiseFlags.options()
	o.MinEffect = f.minEffect.Share
	for _, text := range f.failOn {
		g, err := criteria.ParseGate(text)
		if err != nil {
			return o, usagef("smtpgauge compare --help shows examples", "gate %q: %w", text, err)
		}
		o.Gates = append(o.Gates, g)
	}
	return o, nil
}

// judge compares two sides. The scenario of the new side decides what the command
// line leaves open.
func (f *compareFlags) judge(base, other []*record.Run, o compare.Options) (*compare.Comparison, error) {
	if !f.minEffect.Given {
		o.MinEffect = compare.DeclaredMinEffect(other)
	}
	if len(f.failOn) == 0 {
		gates, err := compare.DeclaredGates(other)
		if err != nil {
			return nil, err
		}
		o.Gates = gates
	}
	return compare.Compare(base, other, o)
}

// compare finds out from the command line what to compare, and compares it.
func (f *compareFlags) compare(c *cobra.Command, args, base, other, flows []string) (*compare.Comparison, error) {
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	hint := c.CommandPath() + " --help shows examples"
	switch {
	case len(flows) > 0 && (len(flows) != 2 || len(base)+len(other) > 0 || len(args) == 0):
		return nil, usagef(hint, "--flow must be given exactly twice, with run files as arguments")
	case len(flows) > 0:
		runs, err := readCourses(args)
		if err != nil {
			return nil, err
		}
		return compare.CompareFlows(runs, flows[0], flows[1], o)
	case len(args) == 2 && len(base)+len(other) == 0:
		base, other = args, nil
	case len(args) > 0 || len(base) == 0 || len(other) == 0:
		return nil, usagef(hint, "compare takes BASE and NEW, or --base and --new, got %d arguments", len(args))
	}
	if other == nil {
		base, other = base[:1], base[1:]
	} else if base, other, err = globs(base, other); err != nil {
		return nil, err
	}
	runs, err := readCourses(slices.Concat(base, other))
	if err != nil {
		return nil, err
	}
	return f.judge(runs[:len(base)], runs[len(base):], o)
}

// globs replaces patterns by the files they match.
func globs(base, other []string) (baseFiles, otherFiles []string, err error) {
	expand := func(patterns []string) (files []string) {
		for _, p := range patterns {
			found, badPattern := filepath.Glob(p)
			if badPattern == nil && len(found) == 0 {
				badPattern = errors.New("no file matches")
			}
			if badPattern != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", p, badPattern))
			}
			files = append(files, found...)
		}
		return files
	}
	baseFiles, otherFiles = expand(base), expand(other)
	return baseFiles, otherFiles, err
}

// readCourses reads run files for comparing them, as many at once as there are
// cores.
func readCourses(names []string) ([]*record.Run, error) {
	runs, errs := make([]*record.Run, len(names)), make([]error, len(names))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if runs[i], errs[i] = readRun(name, record.ReadCourse); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", name, errs[i])
			}
		})
	}
	group.Wait()
	return runs, errors.Join(errs...)
}

// finish prints a comparison, and returns an error if it is not a success.
func (f *compareFlags) finish(s streams, c *compare.Comparison) error {
	o := options(s.results)
	o.All = f.all
	stepsummary.Append(s.err, func(w io.Writer) error { return render.Comparisons.Write(w, "markdown", c, o) })
	return errors.Join(render.Comparisons.Write(s.results, f.format.name, c, o), judgeComparison(c))
}

// judgeComparison returns an error if a gate is missed or undecided; without
// gates, if any row is worse or none has a verdict.
func judgeComparison(c *compare.Comparison) error {
	var errs []error
	undecided := map[string][]string{} // the gates, by the reason
	var reasons []string
	for _, g := range c.Gates {
		switch {
		case g.OK:
		case g.Known:
			errs = append(errs, fmt.Errorf("%w: %s: %s", errRegression, g.Name(), g.Reason))
		default:
			if len(undecided[g.Reason]) == 0 {
				reasons = append(reasons, g.Reason)
			}
			undecided[g.Reason] = append(undecided[g.Reason], g.Name())
		}
	}
	for _, why := range reasons {
		noun := "gate"
		if len(undecided[why]) > 1 {
			noun = "gates"
		}
		errs = append(errs, fmt.Errorf("%w: %s %s: %s", errUndecided, noun, strings.Join(undecided[why], ", "), why))
	}
	if len(c.Gates) == 0 {
		errs = append(errs, concluded(c.Verdict))
	}
	return errors.Join(errs...)
}

// concluded returns an error if a conclusion is not PASS.
func concluded(v criteria.Conclusion) error {
	switch v.Word {
	case criteria.Failed:
		return fmt.Errorf("%w: %s", errRegression, v.Reason)
	case criteria.Undecided:
		return fmt.Errorf("%w: %s", errUndecided, v.Reason)
	}
	return nil
}

// compared makes a usage error of a pattern that names no metric.
func compared(err error, hint string) error {
	if errors.As(err, new(*compare.UnmatchedError)) {
		return usagef(hint, "%w", err)
	}
	return err
}
