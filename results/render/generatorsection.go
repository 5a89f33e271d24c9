package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// agentSection has a row for each agent of a fleet, those first that are lost.
func (res *document) agentSection() table.Section {
	s := table.Section{ID: agentsID, Title: "Agents", Columns: []table.Column{{Name: "agent", Left: true}}}
	lost := res.lostAgents() > 0
	if lost {
		s.Columns = append(s.Columns, table.Column{Name: "lost", Left: true, Wrap: 30})
	}
	s.Columns = append(s.Columns, table.Column{Name: "host", Left: true})
	s.Columns = append(s.Columns, table.Numbers("attempted", "accepted", "p50", "p99", "began", "clock", "± error")...)
	var others [][]table.Cell
	for i := range res.Agents {
		a := &res.Agents[i]
		p50, p99 := human.NoSamples, human.NoSamples
		if d, ok := a.P50(); ok {
			p50 = human.Duration(d)
		}
		if d, ok := a.P99(); ok {
			p99 = human.Duration(d)
		}
		row := table.Plain(a.Name)
		if lost {
			row = append(row, table.Cell{Text: a.Why, Bad: a.Lost})
		}
		row = append(row, table.Plain(a.Host, human.Count(a.Messages.Attempted), human.Count(a.Messages.Accepted), p50, p99,
			human.DurationOf(a.Skew).Signed().String(), human.DurationOf(a.Offset).Signed().String(), human.Duration(a.OffsetError))...)
		if a.Lost {
			s.Rows = append(s.Rows, row)
		} else {
			others = append(others, row)
		}
	}
	s.Rows = append(s.Rows, others...)
	return s
}

// lostAgents is how many agents are lost.
func (res *document) lostAgents() int {
	n := 0
	for i := range res.Agents {
		if res.Agents[i].Lost {
			n++
		}
	}
	return n
}

// agentPart is the same for the screen, without the clocks. Those that are lost stay.
func (res *document) agentPart() *screen.Part {
	p := &screen.Part{Section: res.agentSection(), Noun: "agent", Spare: 5, Brief: true}
	p.Untitled = true
	p.Least = min(1, p.Count())
	last := len(p.Columns) - 3
	p.Columns = p.Columns[:last]
	for i := range p.Rows {
		p.Rows[i] = p.Rows[i][:last]
	}
	if lost := res.lostAgents(); lost > 0 {
		p.Spare, p.Least = 0, min(lost, screen.MostEntries)
	}
	return p
}

func (res *document) generatorSection() table.Section {
	g, s := &res.Generator, table.Section{ID: generatorID, Title: "Generator"}
	add := func(format string, args ...any) { s.Say(fmt.Sprintf(format, args...)) }
	if g.Known() {
		cores := human.NoSamples
		if res.Elapsed > 0 {
			cores = human.ThreeDigits(g.CPUSeconds / res.Elapsed.Seconds())
		}
		if g.Cores > 0 {
			cores += fmt.Sprintf(" of %d", g.Cores)
		}
		add("CPU %s, %s cores used; peak memory %s; %s (%s in all, longest %s)",
			human.Duration(time.Duration(g.CPUSeconds*float64(time.Second))), cores, human.Bytes(g.MaxRSS),
			human.CountOf(g.GCPauses, "GC pause"), human.Duration(g.GCPauseTotal), human.Duration(g.GCPauseMax))
		shards := human.CountOf(int64(g.Shards), "shard")
		if g.ShardsWhy != "" {
			shards += " (" + g.ShardsWhy + ")"
		}
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
	if !res.Partial {
		return "clock: unknown; there was no reply"
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

// serverSection has the server's own side, as far as it is known.
func (res *document) serverSection() table.Section {
	s := table.Section{ID: serverID, Title: "Server"}
	if res.Server != nil {
		sayServer(&s, res.Server)
	}
	for i := range res.Queries {
		s.Say(queryLine(&res.Queries[i]))
	}
	return s
}

func sayServer(s *table.Section, v *figures.Server) {
	s.Say(strings.Join(serverLoad(v), "; "))
	s.Say(fmt.Sprintf("in the whole run: CPU %s s; at the most %s and %s of memory%s", human.ThreeDigits(v.CPUSeconds),
		human.Plural(v.MaxProcesses, "process", "processes"), human.Bytes(v.MaxRSS), ifKnown(v.MaxDescriptors, ", %s descriptors")))
	s.Say(strings.Join(nonEmpty(ifKnown(v.MaxQueue, "%s connections at the most waited to be accepted where the load connects to"),
		strings.Join(nonEmpty(ifKnown(v.Overflows, "of all servers in its network namespace: %s connections found the accept queue full"),
			ifKnown(v.Drops, "%s SYNs and connections dropped")), ", ")), "; "))
	if v.ClockError > 0 {
		s.Say("an agent looked at it, whose clock is known within " + human.Duration(v.ClockError))
	}
}

// serverLoad is what the server did under load.
func serverLoad(v *figures.Server) []string {
	if v.Cores == 0 {
		return []string{"it was looked at for too short a time to say what a message costs it"}
	}
	cores := human.ThreeDigits(v.Cores)
	if v.CoresOfMachine > 0 {
		cores += fmt.Sprintf(" of %d", v.CoresOfMachine)
	}
	list := []string{cores + " cores in use"}
	if v.CPUPerMessage != nil {
		list = append(list, "CPU "+human.Duration(*v.CPUPerMessage)+" a message")
	}
	if v.WrittenPerMsg != nil {
		list = append(list, human.Bytes(int64(*v.WrittenPerMsg))+" written a message")
	}
	if v.SwitchesPerMsg != nil {
		list = append(list, human.ThreeDigits(*v.SwitchesPerMsg)+" context switches a message")
	}
	return list
}

// ifKnown writes a number, and nothing if it is not known.
func ifKnown(n *int64, format string) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf(format, human.Count(*n))
}

// queryLine is what a query about the server said, and how much of it is missing.
func queryLine(q *figures.Query) string {
	line := q.Name + ": "
	if q.Mean == nil {
		line += "no answer under load"
	} else {
		line += fmt.Sprintf("%s on average, %s to %s", human.Plain(*q.Mean), human.Plain(*q.Min), human.Plain(*q.Max))
	}
	if q.PerMessage != nil && *q.PerMessage > 0 {
		line += ", rose by " + human.Plain(*q.PerMessage) + " a message"
	}
	if q.Missed > 0 {
		line += fmt.Sprintf("; %s of %s not answered: %s", human.Count(q.Missed), human.CountOf(q.Missed+q.Answers, "time"), q.Why)
	}
	return line
}

// serverPart is the server's own side on the screen: a line, and one for each query.
func (res *document) serverPart() *screen.Part {
	p := &screen.Part{Noun: "server line", Spare: 3}
	for i := range res.Queries {
		p.Say("server: " + queryLine(&res.Queries[i]))
		p.Least = 1
	}
	if res.Server == nil {
		return p
	}
	line := "server: " + strings.Join(serverLoad(res.Server), ", ") + ", " + human.Bytes(res.Server.MaxRSS) + " of memory"
	if n := res.Server.Overflows; n != nil && *n > 0 {
		line += ", " + human.Count(*n) + " connections found an accept queue of its network namespace full"
	}
	p.Say(line)
	p.Least = 1
	return p
}

// findingSection says what limits the server, as far as it shows.
func (res *document) findingSection() table.Section {
	s := table.Section{ID: findingsID, Title: "What limits it"}
	for i := range res.Findings {
		f := &res.Findings[i]
		s.Say(findingLine(f))
		s.Say("  " + string(f.Sure) + ": " + f.Is)
		s.Say("  try: " + f.Do)
	}
	return s
}

func findingLine(f *limits.Finding) string {
	if f.Flow == "" {
		return string(f.ID) + ": " + f.Says
	}
	return string(f.ID) + " in flow " + f.Flow + ": " + f.Says
}

// findingPart is the findings on the screen, one after the other.
func (res *document) findingPart() *screen.Part {
	p := &screen.Part{Noun: "finding", Spare: 1}
	for i := range res.Findings {
		f := &res.Findings[i]
		p.Say(findingLine(f) + "; " + string(f.Sure) + ": " + f.Is)
	}
	p.Least = min(1, p.Count())
	return p
}
