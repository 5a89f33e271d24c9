//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"
)

// manyLoad has as many sessions as agents: the port, how many, and how long.
const manyLoad = `name: many
target: {host: 127.0.0.1}
flows:
  a:
    port: %s
    tls: none
    load: {sessions: %d, duration: %ds}
    session: {messages: 0, think: 1s}
    message: {size: 1KiB}
    envelope: {from: a@example.test, to: b@example.test}
`

// A cost is what a number of agents costs their coordinator.
type cost struct {
	agents   float64
	cpu      float64 // share of a core, with the bus within it
	memory   float64 // bytes
	messages float64 // of the bus, a second
	octets   float64
}

// many finds out what many agents cost their coordinator, and when they begin.
func (p *proof) many(ctx context.Context) (faults []string, err error) {
	numbers, seconds := []int{20, 50, 100, 200}, p.size(20, 3)
	if p.quick {
		numbers = []int{2, 6}
	}
	fmt.Fprintf(p.w, "many: agents of one session each, for %d s\n\n", seconds)
	tw := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "agents\tbegan late, ms: least\tmedian\tmost\tcoordinator: cores\tMB at most\tbus, msg/s\tkB/s\tagent, MB at most")
	var costs []cost
	for _, n := range numbers {
		scenario := func(port string) string { return fmt.Sprintf(manyLoad, port, n, seconds) }
		c, found, err := p.loaded(ctx, func(port string) fleet { return fleet{scenario: scenario(port), agents: n} })
		if err != nil {
			return faults, err
		}
		faults = append(faults, found...)
		if s := c.sum(); s.peak != int64(n) {
			faults = append(faults, fmt.Sprintf("%d sessions were open at once, want %d", s.peak, n))
		}
		one := cost{agents: float64(n), cpu: c.coordinator.within(c.Started, c.until()), memory: float64(c.coordinator.peak)}
		bus, err := p.startNATS(ctx)
		if err != nil {
			return faults, err
		}
		over, found, err := p.loaded(ctx, func(port string) fleet { return fleet{scenario: scenario(port), agents: n, over: bus} })
		bus.stop()
		if err != nil {
			return faults, err
		}
		faults = append(faults, found...)
		if one.messages, one.octets, err = bus.within(over.Started, over.until()); err != nil {
			return faults, err
		}
		costs = append(costs, one)
		var late []float64
		for _, a := range c.Agents {
			late = append(late, float64(a.Skew)/float64(time.Millisecond))
		}
		slices.Sort(late)
		memory := int64(0)
		for _, a := range c.agents {
			memory = max(memory, a.peak)
		}
		fmt.Fprintf(tw, "%d\t%.2f\t%.2f\t%.2f\t%.3f\t%.1f\t%.0f\t%.1f\t%.1f\n", n, late[0], late[len(late)/2], late[len(late)-1],
			one.cpu, one.memory/1e6, one.messages, one.octets/1000, float64(memory)/1e6)
		tw.Flush()
	}
	const paper = 1000
	on := func(figure func(cost) float64) float64 { return fitted(costs, figure, paper) }
	fmt.Fprintf(p.w, "\non paper, by a straight line through these, %d agents cost their coordinator %.2f cores, %.0f MB, and %.0f messages and %.1f MB a second on the bus\n", paper,
		on(func(c cost) float64 { return c.cpu }), on(func(c cost) float64 { return c.memory })/1e6, on(func(c cost) float64 { return c.messages }), on(func(c cost) float64 { return c.octets })/1e6)
	return faults, nil
}

// fitted is where the straight line through some figures, by least squares, is at a number of
// agents.
func fitted(costs []cost, figure func(cost) float64, agents float64) float64 {
	n := float64(len(costs))
	var x, y, xx, xy float64
	for _, c := range costs {
		x, y, xx, xy = x+c.agents, y+figure(c), xx+c.agents*c.agents, xy+c.agents*figure(c)
	}
	slope := (n*xy - x*y) / (n*xx - x*x)
	return (y-slope*x)/n + slope*agents
}
