package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

func (res *document) thresholdSection() table.Section {
	s := table.Section{Title: "Thresholds", Columns: []table.Column{
		{Name: "threshold", Left: true, Code: true}, {Name: "value"}, {Name: "result", Left: true},
	}}
	for _, t := range res.Thresholds {
		value, state := human.NoSamples, table.Cell{Text: "ok"}
		if t.Value != nil {
			value = human.Figure(t.Metric.Unit(), *t.Value)
		}
		if !t.OK {
			state = table.Cell{Text: "missed", Bad: true}
		}
		if t.Reason != "" {
			s.Lines = append(s.Lines, table.Cell{Text: t.Expr + ": " + t.Reason})
		}
		s.Rows = append(s.Rows, []table.Cell{{Text: t.Expr}, {Text: value}, state})
	}
	return s
}

// known tells whether the generator's figures are there: they come with the
// end of a run.
func isKnown(g *figures.Generator) bool { return g.GOMAXPROCS > 0 }

func (res *document) generatorSection() table.Section {
	g, s := &res.Generator, table.Section{Title: "Generator"}
	add := func(format string, args ...any) {
		s.Lines = append(s.Lines, table.Cell{Text: fmt.Sprintf(format, args...)})
	}
	if isKnown(g) {
		cores := human.NoSamples
		if res.Elapsed > 0 {
			cores = human.ThreeDigits(g.CPUSeconds / res.Elapsed.Seconds())
		}
		add("CPU %s, %s of %d cores used; peak memory %s; %s (%s in all, longest %s)",
			human.Duration(time.Duration(g.CPUSeconds*float64(time.Second))), cores, g.GOMAXPROCS, human.Bytes(g.MaxRSS),
			human.CountOf(g.GCPauses, "GC pause"), human.Duration(g.GCPauseTotal), human.Duration(g.GCPauseMax))
		shards := human.CountOf(int64(g.Shards), "shard")
		if g.BusiestShare > 0 { // 0 where the system does not tell
			shards += ", the busiest " + human.Share(g.BusiestShare) + " of its time on a CPU, and without one " +
				human.Share(g.DeniedShare) + " of the time it wanted one"
		}
		add("%s", shards)
		if f := g.Free; f != nil {
			add("cores free before the load %.1f, after it %.1f", f.Before, f.After)
		}
	}
	if d := g.Late; d != nil {
		add("late to an arrival: p50 %s, p99 %s, max %s", human.Duration(d.P50),
			human.Duration(d.P99), human.Duration(d.Max))
	}
	if d := g.Delay; d != nil {
		add("own delay at a reply: p50 %s, p99 %s; %s of all message time is the generator's own", human.Duration(d.P50),
			human.Duration(d.P99), human.Share(g.OwnShare))
	}
	add("%s", res.clockLine())
	if len(g.ClockSteps) > 0 {
		var steps []string
		for _, d := range g.ClockSteps {
			steps = append(steps, human.Signed(human.Duration(d)))
		}
		add("the wall clock stepped: %s", strings.Join(steps, ", "))
	}
	e := &res.Environment
	add("%s", strings.Join(nonEmpty(e.OS+"/"+e.Arch, e.Kernel, human.CountOf(int64(e.Cores), "core"), e.Go, "smtpgauge "+e.Version,
		fmt.Sprintf("seed %d", res.Seed)), ", "))
	return s
}

func (res *document) clockLine() string {
	without := human.Share(res.Generator.UnstampedShare) + " of replies had no kernel stamp"
	switch res.Clock {
	case "kernel":
		return "clock: kernel, which stamps replies as they come in"
	case "mixed":
		return "clock: mixed; " + without + " and are timed by the program's clock"
	case "user":
		return "clock: user; no reply had a kernel stamp, so the program's delays are in the figures"
	}
	return "clock: " + res.Clock + "; " + without
}

func (res *document) verdictSection() table.Section {
	s := table.Section{Title: "Verdict"}
	add := func(bad bool, text string) { s.Lines = append(s.Lines, table.Cell{Text: text, Bad: bad}) }
	if res.Validity.Valid {
		add(false, "valid")
	} else {
		add(true, "INVALID: do not rely on these figures")
	}
	for _, r := range res.Validity.Reasons {
		add(false, "because: "+r)
	}
	missed := 0
	for _, t := range res.Thresholds {
		if !t.OK {
			missed++
		}
	}
	switch all := int64(len(res.Thresholds)); {
	case missed > 0:
		add(true, fmt.Sprintf("%d of %s missed", missed, human.CountOf(all, "threshold")))
	case all > 0:
		add(false, fmt.Sprintf("%s met", human.CountOf(all, "threshold")))
	}
	for _, n := range res.Validity.Notes {
		add(false, "note: "+n)
	}
	return s
}

func nonEmpty(texts ...string) []string {
	var list []string
	for _, t := range texts {
		if t != "" {
			list = append(list, t)
		}
	}
	return list
}
