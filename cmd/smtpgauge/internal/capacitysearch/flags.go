// Package capacitysearch is what smtpgauge capacity, and quick --capacity, do beside what they share
// with run: their flags, the search with its progress, file and report, and what it means to a
// script. The search itself is gauge/capacity.
package capacitysearch

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/usage"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Flags say how a capacity is searched for.
type Flags struct {
	slo                      []string
	from, max, width, expect string
	trial, budget            string
	fromFlag                 *pflag.Flag
}

// Register adds the flags. from is the name of the one for the first rate.
func (f *Flags) Register(flags *pflag.FlagSet, from string) {
	flags.StringArrayVar(&f.slo, "slo", nil, "keep `GOAL`, such as 'message.response.p99 < 250ms' (repeatable; default "+scenarioGoals+")")
	flags.StringVar(&f.from, from, "10/s", "the first `RATE`, of messages of all flows together")
	f.fromFlag = flags.Lookup(from)
	flags.StringVar(&f.max, "max", "", "try no higher `RATE`")
	flags.StringVar(&f.width, "width", "5%", "end when the range is as narrow as `SHARE`, or when no trial makes it narrower")
	flags.StringVar(&f.trial, "trial", criteria.DurationText(capacity.UsualTrial), "`DURATION` of a trial that halves the interval, at least "+criteria.DurationText(capacity.LeastTrial)+"; those before it take two fifths of that, "+criteria.DurationText(capacity.LeastDoubling)+" at least, and those that decide twice as much; one that has shown enough ends earlier")
	flags.StringVar(&f.budget, "budget", "15m", "end after `DURATION`")
	flags.StringVar(&f.expect, "expect", "", "exit 3 if the capacity is below `RATE`, 4 if that cannot be told")
}

// Plan makes a plan of the flags, without goals. expect is 0 if there is none.
func (f *Flags) Plan() (p capacity.Plan, expect float64, err error) {
	rate := func(flag, text string) float64 {
		if text == "" {
			return 0
		}
		v, wrong := ParseRate(text)
		if wrong != nil && err == nil {
			err = usage.Errorf("use one such as 200/s or 30000 messages/min", "--%s %s: %w", flag, text, wrong)
		}
		return v
	}
	duration := func(flag, text string) time.Duration {
		v, wrong := criteria.ParseDuration(text)
		if wrong == nil && v < capacity.LeastTrial {
			wrong = fmt.Errorf("want %s at least", criteria.DurationText(capacity.LeastTrial))
		}
		if wrong != nil && err == nil {
			err = usage.Errorf("use one such as 10s or 5m", "--%s %s: %w", flag, text, wrong)
		}
		return v
	}
	p.From, p.Max, expect = rate(f.fromFlag.Name, f.from), rate("max", f.max), rate("expect", f.expect)
	p.Trial, p.Budget = duration("trial", f.trial), duration("budget", f.budget)
	width, wrong := criteria.ParseShare(f.width)
	if (wrong != nil || width <= 0 || width > 1) && err == nil {
		err = usage.Errorf("use one such as 5%", "--width %s: want a share such as 5%%, over 0 %% and up to 100 %%", f.width)
	}
	p.Width = width
	if err == nil && p.Max > 0 && p.Max < expect {
		err = usage.Errorf("use a --max a little above --expect, such as "+human.ThreeDigits(1.2*expect)+"/s", "--expect %s is above --max %s: no trial could show that rate", f.expect, f.max)
	}
	// A maximum below the first rate that nobody asked for is the first rate.
	if err == nil && f.fromFlag.Changed && p.Max > 0 && p.Max < p.From {
		err = usage.Errorf(fmt.Sprintf("use a --%s below --max, or leave it out", f.fromFlag.Name), "--%s %s is above --max %s: no rate is between them", f.fromFlag.Name, f.from, f.max)
	}
	if err == nil {
		err = f.fits(p)
	}
	return p, expect, err
}

// fits refuses trials that can never fit the budget.
func (f *Flags) fits(p capacity.Plan) error {
	var long *capacity.TooLongError
	if !errors.As(p.Check(), &long) {
		return nil
	}
	const what = "--trial %s does not fit --budget %s: "
	if long.Rare {
		low, rate := f.fromFlag.Name, f.from
		if p.Max > 0 && p.Max < p.From {
			low, rate = "max", f.max // no trial is at a higher rate
		}
		return usage.Errorf(fmt.Sprintf("use a higher --%s, or --budget %s at least", low, criteria.DurationText(long.Least)), "--%s %s is too low for --budget %s: %w", low, rate, f.budget, long)
	}
	do := fmt.Sprintf("use --trial %s and --budget %s", criteria.DurationText(capacity.LeastTrial), criteria.DurationText(capacity.BudgetOf(capacity.LeastTrial)))
	if fits := capacity.TrialOf(p.Budget); fits >= capacity.LeastTrial {
		do = fmt.Sprintf("use --trial %s or less", criteria.DurationText(fits))
	}
	return usage.Errorf(do, what+"a search takes about %s", f.trial, f.budget, human.Exact(capacity.BudgetOf(p.Trial)))
}

// Minutes is how many minutes a search takes as a rule with trials of a length.
func Minutes(trial time.Duration) string {
	return fmt.Sprintf("%.0f", capacity.BudgetOf(trial).Minutes())
}

// ParseRate reads messages a second: 200, 200/s, 30000 messages/min.
func ParseRate(text string) (float64, error) {
	full := strings.TrimSpace(text)
	if !strings.Contains(full, "/") {
		full += "/s"
	}
	v, err := criteria.ParseRate(full)
	switch {
	case errors.Is(err, criteria.ErrRate):
		return 0, err
	case err != nil:
		return 0, fmt.Errorf("want a rate such as 200/s, found %.60q", text) // as it was typed
	case v <= 0:
		return 0, errors.New("want more than nothing")
	}
	return v, nil
}

// Goals are those of --slo, or else the thresholds of the scenario, as far as they are
// goals for a capacity.
func (f *Flags) Goals(job *gauge.Job, stderr io.Writer) ([]capacity.Goal, error) {
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
		return nil, usage.Errorf("use one such as --slo 'message.response.p99 < 250ms' or --slo 'errors < 0.1%'", "--slo %w", err)
	}
	return goals, nil
}
