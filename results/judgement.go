package results

import (
	"fmt"
	"strings"
	"time"
)

func (res *document) thresholdSection() section {
	s := section{title: "Thresholds", columns: []column{
		{name: "threshold", left: true, code: true}, {name: "value"}, {name: "result", left: true},
	}}
	for _, t := range res.Thresholds {
		value, state := noSamples, cell{text: "ok"}
		if t.Value != nil {
			value = humanFigure(t.Metric.Unit(), *t.Value)
		}
		if !t.OK {
			state = cell{"missed", true}
		}
		if t.Reason != "" {
			s.lines = append(s.lines, cell{text: t.Expr + ": " + t.Reason})
		}
		s.rows = append(s.rows, []cell{{text: t.Expr}, {text: value}, state})
	}
	return s
}

// known tells whether the generator's figures are there: they come with the
// end of a run.
func (g *GeneratorFigures) known() bool { return g.GOMAXPROCS > 0 }

func (res *document) generatorSection() section {
	g, s := &res.Generator, section{title: "Generator"}
	add := func(format string, args ...any) { s.lines = append(s.lines, cell{text: fmt.Sprintf(format, args...)}) }
	if g.known() {
		cores := noSamples
		if res.Elapsed > 0 {
			cores = threeDigits(g.CPUSeconds / time.Duration(res.Elapsed).Seconds())
		}
		add("CPU %s, %s of %d cores used; peak memory %s; %s (%s in all, longest %s)",
			humanDuration(time.Duration(g.CPUSeconds*float64(time.Second))), cores, g.GOMAXPROCS, humanBytes(g.MaxRSS),
			countOf(g.GCPauses, "GC pause"), humanDuration(time.Duration(g.GCPauseTotal)), humanDuration(time.Duration(g.GCPauseMax)))
		shards := countOf(int64(g.Shards), "shard")
		if g.BusiestShare > 0 { // 0 where the system does not tell
			shards += ", the busiest " + humanShare(g.BusiestShare) + " of its time on a CPU, and without one " +
				humanShare(g.DeniedShare) + " of the time it wanted one"
		}
		add("%s", shards)
		if f := g.Free; f != nil {
			add("cores free before the load %.1f, after it %.1f", f.Before, f.After)
		}
	}
	if d := g.Late; d != nil {
		add("late to an arrival: p50 %s, p99 %s, max %s", humanDuration(time.Duration(d.P50)),
			humanDuration(time.Duration(d.P99)), humanDuration(time.Duration(d.Max)))
	}
	if d := g.Delay; d != nil {
		add("own delay at a reply: p50 %s, p99 %s; %s of all message time is the generator's own", humanDuration(time.Duration(d.P50)),
			humanDuration(time.Duration(d.P99)), humanShare(g.OwnShare))
	}
	add("%s", res.clockLine())
	if len(g.ClockSteps) > 0 {
		var steps []string
		for _, ns := range g.ClockSteps {
			steps = append(steps, signed(humanDuration(time.Duration(ns))))
		}
		add("the wall clock stepped: %s", strings.Join(steps, ", "))
	}
	e := &res.Environment
	add("%s", strings.Join(nonEmpty(e.OS+"/"+e.Arch, e.Kernel, countOf(int64(e.Cores), "core"), e.Go, "smtpgauge "+e.Version,
		fmt.Sprintf("seed %d", res.Seed)), ", "))
	return s
}

func (res *document) clockLine() string {
	without := humanShare(res.Generator.UnstampedShare) + " of replies had no kernel stamp"
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

func (res *document) verdictSection() section {
	s := section{title: "Verdict"}
	add := func(bad bool, text string) { s.lines = append(s.lines, cell{text, bad}) }
	if res.Verdict.Valid {
		add(false, "valid")
	} else {
		add(true, "INVALID: do not rely on these figures")
	}
	for _, r := range res.Verdict.Reasons {
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
		add(true, fmt.Sprintf("%d of %s missed", missed, countOf(all, "threshold")))
	case all > 0:
		add(false, fmt.Sprintf("%s met", countOf(all, "threshold")))
	}
	for _, n := range res.Verdict.Notes {
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
