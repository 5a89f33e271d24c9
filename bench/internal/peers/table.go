//go:build linux

package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// each applies a figure to all rounds of a client.
func each(runs []usage, figure func(usage) float64) []float64 {
	var all []float64
	for _, u := range runs {
		all = append(all, figure(u))
	}
	return all
}

// figures returns a figure of all rounds of a client; none if the client failed.
func (s *series) figures(c client, figure func(usage) float64) []float64 {
	if s.failed[c] != nil {
		return nil
	}
	return each(s.runs[c], figure)
}

// ratios divides the figure of one client by that of another, in each round. So what slowed the
// machine in a round slowed both. ok is false if one of them has no figures.
func (s *series) ratios(a, b client, figure func(usage) float64) (harness.Spread, bool) {
	return divided(s.figures(a, figure), s.figures(b, figure))
}

func divided(a, b []float64) (harness.Spread, bool) {
	n := min(len(a), len(b))
	if n == 0 {
		return harness.Spread{}, false
	}
	all := make([]float64, n)
	for i := range all {
		all[i] = a[i] / b[i]
	}
	return harness.Over(all), true
}

// perSession returns the memory that each session after the first takes.
func (s *series) perSession(c client, w work) (harness.Spread, bool) {
	n := min(len(s.runs[c]), len(s.alone[c]))
	if n == 0 || w.sessions < 2 || s.failed[c] != nil {
		return harness.Spread{}, false
	}
	all := make([]float64, n)
	for i := range all {
		all[i] = float64(s.runs[c][i].peak-s.alone[c][i].peak) / float64(w.sessions-1)
	}
	return harness.Over(all), true
}

// print writes the table of a case on a server, and then its targets.
func (s *series) print(w io.Writer, t trial, on server, base func(name string) *series) {
	fmt.Fprintf(w, "\n%s: %s\nagainst %s, %d rounds, median (lowest–highest)\n\n", t.name, t.title, on, s.rounds)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "client\tCPU µs/message\tsleeps/message\tmessages/s\tpeak RSS MiB\tKiB/session\tours÷it: CPU\tours÷it: messages/s")
	for _, c := range t.clients {
		if s.failed[c] != nil || len(s.runs[c]) == 0 {
			fmt.Fprintf(tw, "%s\tfailed\t\t\t\t\t\t\n", c)
			continue
		}
		kib, cpuRatio, rateRatio := "", "", ""
		if m, ok := s.perSession(c, t.work); ok {
			m.Median, m.Low, m.High = m.Median/1024, m.Low/1024, m.High/1024
			kib = m.Format(1)
		}
		if c != ours && c != oursPlain && c != dialOnly { // ours is not compared with these
			if r, ok := s.ratios(ours, c, usage.perMessage); ok {
				cpuRatio = r.Format(2)
			}
			if r, ok := s.ratios(ours, c, usage.rate); ok {
				rateRatio = r.Format(2)
			}
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c,
			harness.Over(each(s.runs[c], func(u usage) float64 { return u.perMessage() / 1e3 })).Format(1),
			harness.Over(each(s.runs[c], usage.sleepsPerMessage)).Format(2),
			harness.Over(each(s.runs[c], usage.rate)).Format(0),
			harness.Over(each(s.runs[c], func(u usage) float64 { return float64(u.peak) / (1 << 20) })).Format(1),
			kib, cpuRatio, rateRatio)
	}
	tw.Flush()
	s.remarks(w, t)
	for _, g := range t.targets {
		fmt.Fprintf(w, "target %s: %s\n", g, s.verdict(g, t, base))
	}
}

// short is how long a run must be at least, so that its start is only a small part of it.
const short = 2 * time.Second

// remarks prints what a reader has to know about the figures.
func (s *series) remarks(w io.Writer, t trial) {
	fmt.Fprintln(w)
	for _, c := range t.clients {
		if err := s.failed[c]; err != nil {
			fmt.Fprintf(w, "no figures of %s: %s\n", c, strings.TrimSpace(err.Error()))
		}
		for _, u := range s.runs[c] {
			if u.wall < short {
				fmt.Fprintf(w, "runs of %s took as little as %v: starting up counts\n", c, u.wall.Round(time.Millisecond))
				break
			}
		}
	}
	for reason, n := range s.doubts {
		fmt.Fprintf(w, "ours called %d of its runs invalid: %s\n", n, reason)
	}
}

// verdict compares a target with what was measured.
func (s *series) verdict(g target, t trial, base func(string) *series) string {
	figure, ok := s.figure(g, t, base)
	if !ok {
		return "not measured"
	}
	verdict := "missed"
	if g.atLeast == (figure.Median >= g.bound) || figure.Median == g.bound {
		verdict = "met"
	}
	if g.metric == memory {
		return fmt.Sprintf("%.1f (%.1f–%.1f) KiB, %s", figure.Median/1024, figure.Low/1024, figure.High/1024, verdict)
	}
	return figure.Format(2) + ", " + verdict + s.least(g)
}

// least returns what the floor reaches for a target against another client. If the floor is hardly
// better, the figure measures the server or the kernel.
func (s *series) least(g target) string {
	figures := map[metric]func(usage) float64{cpu: usage.perMessage, rate: usage.rate}
	figure := figures[g.metric]
	var r harness.Spread
	var ok bool
	switch {
	case g.metric == sharing:
		r, ok = s.ratios(g.against.floors(), floor, usage.perMessage)
	case figure != nil && g.against != floor:
		r, ok = s.ratios(floor, g.against, figure)
	}
	if !ok {
		return ""
	}
	return "; the floor: " + r.Format(2)
}

// figure returns the figure that a target bounds.
func (s *series) figure(g target, t trial, base func(string) *series) (harness.Spread, bool) {
	switch g.metric {
	case cpu:
		return s.ratios(ours, g.against, usage.perMessage)
	case rate:
		return s.ratios(ours, g.against, usage.rate)
	case sharing:
		return s.ratios(g.against, ours, usage.perMessage)
	case memory:
		return s.perSession(cmp.Or(g.against, ours), t.work)
	case growth:
		b := base(g.base)
		if b == nil {
			return harness.Spread{}, false
		}
		return divided(s.figures(ours, usage.perMessage), b.figures(ours, usage.perMessage))
	}
	return s.handshakes()
}

// handshakes compares what a handshake alone costs. For ours that is a session less the same
// session in the clear, and for s_time a connection less one without TLS.
func (s *series) handshakes() (harness.Spread, bool) {
	less := func(a, b client) []float64 {
		all := s.figures(a, usage.perMessage)
		rest := s.figures(b, usage.perMessage)
		all = all[:min(len(all), len(rest))]
		for i := range all {
			all[i] -= rest[i]
		}
		return all
	}
	return divided(less(ours, oursPlain), less(openSSL, dialOnly))
}
