package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// validitySection says why the run is called what it is: in what the server failed,
// whether the figures may be believed, and whether the thresholds were met.
func (res *document) validitySection() table.Section {
	s := table.Section{ID: validityID, Title: "Why"}
	if v := &res.Verdict; len(v.Why()) > 1 { // the only one is the reason on top
		for _, f := range v.Failures {
			s.Warn("failed: " + f)
		}
		for _, r := range v.Reasons {
			s.Warn("invalid: " + r)
		}
	}
	if n := int64(len(res.Thresholds)); n > 0 {
		s.Say(fmt.Sprintf("%d of %s met", res.met(), human.CountOf(n, "threshold")))
	}
	for _, n := range res.Verdict.Notes {
		s.Say("note: " + n)
	}
	return s
}

func (res *document) thresholdSection() table.Section {
	s := table.Section{ID: thresholdsID, Title: "Thresholds", Columns: []table.Column{
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
			s.Say(t.Expr + ": " + t.Reason)
		}
		s.Rows = append(s.Rows, []table.Cell{{Text: t.Expr}, {Text: value}, state})
	}
	return s
}

func (res *document) generatorSection() table.Section {
	g, s := &res.Generator, table.Section{ID: generatorID, Title: "Generator"}
	add := func(format string, args ...any) { s.Say(fmt.Sprintf(format, args...)) }
	if g.Known() {
		cores := human.NoSamples
		if res.Elapsed > 0 {
			cores = human.ThreeDigits(g.CPUSeconds / res.Elapsed.Seconds())
		}
		add("CPU %s, %s of %d cores used; peak memory %s; %s (%s in all, longest %s)",
			human.Duration(time.Duration(g.CPUSeconds*float64(time.Second))), cores, g.GOMAXPROCS, human.Bytes(g.MaxRSS),
			human.CountOf(g.GCPauses, "GC pause"), human.Duration(g.GCPauseTotal), human.Duration(g.GCPauseMax))
		shards := human.CountOf(int64(g.Shards), "shard")
		if g.BusiestShare > 0 { // 0 if the system does not say
			shards += ", the busiest " + human.Share(g.BusiestShare) + " of its time on a CPU, and without one " +
				human.Share(g.DeniedShare) + " of the time it wanted one"
		}
		s.Say(shards)
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
	s.Say(res.clockLine())
	if len(g.ClockSteps) > 0 {
		var steps []string
		for _, d := range g.ClockSteps {
			steps = append(steps, human.DurationOf(d).Signed().String())
		}
		s.Say("the wall clock stepped: " + strings.Join(steps, ", "))
	}
	e := &res.Environment
	s.Say(strings.Join(nonEmpty(e.OS+"/"+e.Arch, e.Kernel, human.CountOf(int64(e.Cores), "core"), e.Go, "smtpgauge "+e.Version,
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

// nonEmpty leaves out empty texts.
func nonEmpty(texts ...string) []string {
	var list []string
	for _, t := range texts {
		if t != "" {
			list = append(list, t)
		}
	}
	return list
}
