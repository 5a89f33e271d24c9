//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// openLoad is a load at a rate: the port, messages a second, and how long.
const openLoad = `name: counts
target: {host: 127.0.0.1}
flows:
  a:
    port: %s
    tls: none
    load: {rate: %d messages/s, max_sessions: 200, duration: %ds}
    session: {messages: 20}
    message: {size: 1KiB}
    envelope: {from: a@example.test, to: b@example.test}
`

// percentiles are those that are compared, in milliseconds.
var percentiles = []string{"p50_ns", "p90_ns", "p99_ns"}

// A crowd is so many agents, and what became of their runs.
type crowd struct {
	agents   int // 0 for a run without agents
	times    map[string][]float64
	cpu      []float64 // during the load, of agents, for a message, in microseconds; of a run without agents all
	own      []float64 // the same of the coordinator
	beside   []float64 // of an agent before and after the load, in milliseconds
	messages int64
	bus      string
	differ   []string
}

func (c *crowd) name() string {
	switch c.agents {
	case 0:
		return "none"
	}
	return fmt.Sprint(c.agents)
}

// take adds a run.
func (c *crowd) take(r *carried) {
	for _, p := range percentiles {
		c.times[p] = append(c.times[p], r.Flows["a"].Phases["message"].Response[p]/1e6)
	}
	c.messages = r.sum().accepted
	perMessage := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(max(1, c.messages)) }
	own := r.loading(r.coordinator)
	if c.agents == 0 {
		c.cpu = append(c.cpu, perMessage(own))
		return
	}
	var loading, all time.Duration
	for _, agent := range r.agents {
		loading, all = loading+r.loading(agent), all+agent.cpu()
	}
	c.cpu, c.own = append(c.cpu, perMessage(loading)), append(c.own, perMessage(own))
	c.beside = append(c.beside, float64((all-loading).Milliseconds())/float64(c.agents))
}

// loaded carries a load out on a new server, by agents or without any, and holds the counts
// against the server's.
func (p *proof) loaded(ctx context.Context, load func(port string) fleet) (c *carried, faults []string, err error) {
	return p.loadedApart(ctx, nil, load)
}

// loadedApart is loaded with the server on the far side of a link, which the fleet is to have
// as well; nil for none.
func (p *proof) loadedApart(ctx context.Context, apart *link, load func(port string) fleet) (c *carried, faults []string, err error) {
	var server *harness.Server
	if err := apart.onFar(func() (err error) {
		server, err = p.Sink(ctx)
		return err
	}); err != nil {
		return nil, nil, err
	}
	if f := load(server.Port); f.agents == 0 {
		c, err = p.alone(ctx, f.scenario)
	} else {
		c, err = p.carry(ctx, f)
	}
	seen, stopped := server.Stop()
	if err := errors.Join(err, stopped); err != nil {
		return nil, nil, err
	}
	s := c.sum()
	if s.accepted != s.attempted || s.accepted != seen.Messages || s.sessions != seen.Connections || s.closed != seen.Quits || seen.Errors > 0 {
		faults = append(faults, fmt.Sprintf("%d agents count %+v, and the server %+v", len(c.agents), s, seen))
	}
	return c, append(faults, c.strays()...), nil
}

// counts compares fleets of several sizes with runs without agents.
func (p *proof) counts(ctx context.Context) (faults []string, err error) {
	rate, seconds := p.rate, p.size(20, 3)
	fmt.Fprintf(p.w, "counts: %d messages/s for %d s in all, %d rounds; medians and ranges\n\n", rate, seconds, p.rounds)
	var crowds []*crowd
	for _, n := range []int{0, 1, 2, 4, 8, 0} {
		crowds = append(crowds, &crowd{agents: n, times: map[string][]float64{}})
	}
	scenario := func(port string) string { return fmt.Sprintf(openLoad, port, rate, seconds) }
	want := int64(rate * seconds)
	for range p.rounds {
		for _, c := range crowds {
			r, found, err := p.loaded(ctx, func(port string) fleet { return fleet{scenario: scenario(port), agents: c.agents} })
			if err != nil {
				return faults, err
			}
			faults = append(faults, found...)
			if n := r.sum().attempted; n != want {
				faults = append(faults, fmt.Sprintf("%d agents attempted %d messages, want %d", c.agents, n, want))
			}
			if c.take(r); c.agents > 0 {
				differ, found, err := p.compareMerged(ctx, r)
				if err != nil {
					return faults, err
				}
				c.differ, faults = differ, append(faults, found...)
			}
		}
	}
	for _, c := range crowds {
		if c.agents == 0 {
			continue
		}
		var found []string
		if c.bus, found, err = p.traffic(ctx, c.agents, scenario); err != nil {
			return faults, err
		}
		faults = append(faults, found...)
	}
	printCrowds(p.w, crowds)
	return faults, nil
}

// traffic measures what a fleet sends over the bus, at a NATS server that counts it.
func (p *proof) traffic(ctx context.Context, agents int, scenario func(port string) string) (text string, faults []string, err error) {
	bus, err := p.startNATS(ctx)
	if err != nil {
		return "", nil, err
	}
	c, faults, err := p.loaded(ctx, func(port string) fleet { return fleet{scenario: scenario(port), agents: agents, over: bus} })
	bus.stop()
	if err != nil {
		return "", faults, err
	}
	messages, octets, err := bus.within(c.Started, c.until())
	return fmt.Sprintf("%.0f\t%.1f", messages, octets/1000), faults, err
}

// printCrowds prints what became of each number of agents. The first and the last crowd have
// none.
func printCrowds(w io.Writer, crowds []*crowd) {
	one, other := crowds[0], crowds[len(crowds)-1]
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "agents\tmessages\tp50, ms\tp90, ms\tp99, ms\tCPU a message, µs\tcoordinator's, µs\tan agent's start and end, ms\tbus, msg/s\tkB/s")
	for _, c := range crowds {
		fmt.Fprintf(tw, "%s\t%d\t", c.name(), c.messages)
		for _, p := range percentiles {
			fmt.Fprintf(tw, "%s\t", harness.Over(c.times[p]).Format(3))
		}
		own := "–\t–"
		if len(c.own) > 0 {
			own = harness.Over(c.own).Format(1) + "\t" + harness.Over(c.beside).Format(0)
		}
		bus := c.bus
		if bus == "" {
			bus = "–\t–"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", harness.Over(c.cpu).Format(1), own, bus)
	}
	tw.Flush()
	fmt.Fprintln(w)
	for _, p := range percentiles {
		// Two single runs of a round differ by so much at most, over all rounds.
		most := 0.0
		for i := range one.times[p] {
			most = max(most, math.Abs(one.times[p][i]-other.times[p][i]))
		}
		middle := harness.Over(slices.Concat(one.times[p], other.times[p])).Median
		var say []string
		for _, c := range crowds[1 : len(crowds)-1] {
			off := harness.Over(c.times[p]).Median - middle
			say = append(say, fmt.Sprintf("%d agents %+.3f %s", c.agents, off, map[bool]string{true: "(within)", false: "(not within)"}[math.Abs(off) <= most]))
		}
		fmt.Fprintf(w, "%s: two single runs of a round differ by %.3f ms at most; from their median: %s\n", strings.TrimSuffix(p, "_ns"), most, strings.Join(say, ", "))
	}
	var differ []string
	for _, c := range crowds {
		for _, path := range c.differ {
			if !slices.Contains(differ, path) {
				differ = append(differ, path)
			}
		}
	}
	if len(differ) == 0 {
		differ = []string{"nothing"}
	}
	fmt.Fprintf(w, "the coordinator's file and show --merge of the agents' own have the same counts, errors, windows and histograms, bit by bit, and the same JSON but for %s\n", strings.Join(differ, ", "))
}
