//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// slowWay is between agents and coordinator in this part.
var slowWay = way{delay: 20 * time.Millisecond, lost: 0.01, again: 200 * time.Millisecond}

const delayedAgents = 2

// A passage is a way to the coordinator, and what became of the runs over it.
type passage struct {
	name    string
	slow    bool
	times   map[string][]float64
	offsets []float64 // how far clocks are said to be apart, of all agents, in milliseconds
	errors  []float64
	late    []float64

	carried, dropped, again int64 // packets over the links, and TCP segments that were sent again
}

// delayed makes the way to the coordinator slow, and shows what does not change by it.
func (p *proof) delayed(ctx context.Context) (faults []string, err error) {
	rate, seconds := p.rate, p.size(20, 3)
	fmt.Fprintf(p.w, "delayed: %d agents, %d messages/s for %d s, %d rounds; %v each way to the coordinator, %g %% lost\n", delayedAgents, rate, seconds, p.rounds, slowWay.delay, 100*slowWay.lost)
	trial, without := newLink(slowWay, 0)
	if without == nil {
		trial.close()
		fmt.Fprintf(p.w, "the slow way is between two network namespaces: real packets are delayed and dropped\n\n")
	} else {
		fmt.Fprintf(p.w, "the slow way is a relay: it loses nothing, and %g %% of the segments take %v more. It needs no privilege; network namespaces do (%v)\n\n", 100*slowWay.lost, slowWay.again, without)
	}
	passages := []*passage{{name: "direct"}, {name: "slow", slow: true}, {name: "direct, again"}}
	for _, y := range passages {
		y.times = map[string][]float64{}
	}
	for round := range p.rounds {
		for _, y := range passages {
			c, found, err := p.across(ctx, y, without == nil, fmt.Sprintf(openLoad, "%s", rate, seconds), uint64(round))
			if err != nil {
				return faults, err
			}
			faults = append(faults, found...)
			if n, want := c.sum().attempted, int64(rate*seconds); n != want {
				faults = append(faults, fmt.Sprintf("%s: attempted %d messages, want %d", y.name, n, want))
			}
		}
	}
	tw := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "way\tp50, ms\tp90, ms\tp99, ms\tclocks said to be apart, ms\t± ms\tbegan late, ms")
	for _, y := range passages {
		fmt.Fprintf(tw, "%s\t", y.name)
		for _, name := range percentiles {
			fmt.Fprintf(tw, "%s\t", harness.Over(y.times[name]).Format(3))
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", harness.Over(y.offsets).Format(3), harness.Over(y.errors).Format(3), harness.Over(y.late).Format(2))
	}
	tw.Flush()
	for _, y := range passages {
		if y.carried > 0 {
			fmt.Fprintf(p.w, "%s: %d packets arrived, %d were dropped; TCP sent %d segments again\n", y.name, y.carried, y.dropped, y.again)
		}
	}
	return faults, nil
}

// across carries a load out whose agents go one way to their coordinator: if that is slow, over
// a link, or a relay without one.
func (p *proof) across(ctx context.Context, y *passage, linked bool, scenario string, seed uint64) (c *carried, faults []string, err error) {
	var between *relay
	var apart *link
	if y.slow && linked {
		if apart, err = newLink(slowWay, seed); err != nil {
			return nil, nil, err
		}
		defer apart.close()
	}
	defer func() {
		if between != nil {
			between.close()
		}
	}()
	c, faults, err = p.loadedApart(ctx, apart, func(port string) fleet {
		f := fleet{scenario: fmt.Sprintf(scenario, port), agents: delayedAgents, apart: apart}
		if y.slow && apart == nil {
			f.way = func(address string) (string, error) {
				if between, err = startRelay(address, slowWay, seed); err != nil {
					return "", err
				}
				return between.address(), nil
			}
		}
		return f
	})
	if err != nil {
		return nil, nil, err
	}
	if apart != nil {
		again, err := apart.sentAgain()
		if err != nil {
			return nil, nil, err
		}
		y.carried, y.dropped, y.again = y.carried+apart.passed.Load(), y.dropped+apart.dropped.Load(), y.again+again
	}
	if len(c.Agents) == 0 {
		return nil, nil, errors.New("the result has no agents")
	}
	for _, name := range percentiles {
		y.times[name] = append(y.times[name], c.Flows["a"].Phases["message"].Response[name]/1e6)
	}
	for _, a := range c.Agents {
		ms := float64(time.Millisecond)
		y.offsets, y.errors, y.late = append(y.offsets, float64(a.Offset)/ms), append(y.errors, float64(a.Error)/ms), append(y.late, float64(a.Skew)/ms)
	}
	return c, faults, nil
}
