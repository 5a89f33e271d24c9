//go:build linux

package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
)

// A known is a server of known capacity, a process of its own.
type known struct {
	name    string
	server  []string // arguments of the program limited; nil for the epoll sink, which is cheaper than a generator
	search  []string // arguments of smtpgauge
	poisson bool     // messages arrive at random
	count   int      // searches, if that many are asked for

	truth  float64       // in messages/s; 0 if the generator's capacity is lower
	within float64       // of the truth, as a share
	below  bool          // the answer has to be below the truth
	most   time.Duration // that a search may take; 0 means any
}

// goal is the goal of all searches.
const (
	goal      = "message.response.p99 < 250ms"
	goalLimit = 0.25
)

// known has the servers in the order in which they are searched. The exponential one is
// an M/M/1 queue: of its response times the share over t is exp(-t·(speed-rate)).
var knowns = harness.Choice[known]{Noun: "server", Name: func(k known) string { return k.name }, All: []known{
	{name: "700", server: []string{"-rate", "700"}, count: 5, truth: 700, within: 0.03, most: 5 * time.Minute},
	{name: "120", server: []string{"-rate", "120"}, count: 5, truth: 120, within: 0.03, most: 5 * time.Minute},
	{
		name: "3000", server: []string{"-rate", "3000"}, search: []string{"--from-rate", "400/s", "--trial", "8s"},
		count: 5, truth: 3000, within: 0.03, most: 5 * time.Minute,
	},
	{
		name: "exponential", server: []string{"-rate", "200", "-exponential"}, poisson: true,
		count: 5, truth: 200 - math.Log(100)/goalLimit, within: 0.05,
	},
	{name: "cliff", server: []string{"-rate", "700", "-cliff", "150ms"}, count: 3, truth: 700, within: 0.03, below: true},
	{name: "fast", search: []string{"--from-rate", "1000/s", "--trial", "5s"}, count: 2},
}}

// scenario is what arrives at random, at a server on a port.
const scenario = `name: exponential
target: {host: %s}
flows:
  a:
    port: %s
    tls: none
    load: {rate: 100 messages/s, arrivals: poisson, max_sessions: 500, duration: 10s}
    session: {messages: 0}
    envelope: {from: a@example.test, to: b@example.test}
`

// An attempt is a search of a known server.
type attempt struct {
	report capacity.Report
	exit   int
}

// spoiled is how many trials the generator spoiled.
func (a *attempt) spoiled() int {
	n := 0
	for i := range a.report.Trials {
		if a.report.Trials[i].Outcome == capacity.Invalid {
			n++
		}
	}
	return n
}

// off is the error of the best guess, as a share of the truth.
func (a *attempt) off(k *known) float64 { return a.report.Capacity.Best/k.truth - 1 }

// fault is what is wrong with an attempt; "" if nothing is.
func (a *attempt) fault(k *known) string {
	r, c := &a.report, &a.report.Capacity
	switch {
	case k.truth == 0 && (r.LimitedBy != capacity.ByGenerator || c.Low <= 0 || c.High > 0 || a.exit != 4):
		return fmt.Sprintf("limited by the %s at %.0f to %.0f/s, exit %d; want the generator, a lower bound, and exit 4", r.LimitedBy, c.Low, c.High, a.exit)
	case k.truth == 0:
		return ""
	case r.LimitedBy != capacity.ByServer || a.exit != 0:
		return fmt.Sprintf("limited by the %s, exit %d", r.LimitedBy, a.exit)
	case math.Abs(a.off(k)) > k.within:
		return fmt.Sprintf("off by %+.1f %%, want %.0f %%", 100*a.off(k), 100*k.within)
	case k.below && c.Best > k.truth:
		return "above the cliff"
	case k.most > 0 && r.Loaded > k.most:
		return fmt.Sprintf("took %v, want %v at most", r.Loaded.Round(time.Second), k.most)
	}
	return ""
}

// cells are the cells of an attempt's row in the table.
func (a *attempt) cells(k *known) []string {
	c := &a.report.Capacity
	truth, off, holds, span := "more than the generator can", "–", "–", fmt.Sprintf("at least %.0f", c.Low)
	if k.truth > 0 {
		truth, off = strconv.FormatFloat(k.truth, 'f', 1, 64), fmt.Sprintf("%+.1f", 100*a.off(k))
		holds = map[bool]string{true: "yes", false: "no"}[c.Low <= k.truth && k.truth <= c.High]
		span = fmt.Sprintf("%.1f to %.1f", c.Low, c.High)
	}
	return []string{
		k.name, truth, fmt.Sprintf("%.1f", c.Best), span, off, holds, fmt.Sprintf("%.1f", a.report.Loaded.Minutes()),
		fmt.Sprintf("%d, %d spoiled", len(a.report.Trials), a.spoiled()), string(a.report.LimitedBy),
	}
}
