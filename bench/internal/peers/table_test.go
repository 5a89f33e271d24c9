//go:build linux

package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTargetsInWords(t *testing.T) {
	for want, g := range map[string]target{
		"CPU ≤ 0.75 × smtp-source":                        {metric: cpu, against: smtpSource, bound: .75},
		"throughput ≥ 1.30 × smtp-source":                 {metric: rate, against: smtpSource, bound: 1.3, atLeast: true},
		"memory a session ≤ 8 KiB":                        {metric: memory, bound: 8 << 10},
		"memory a session of smtpgauge, 8 shards ≤ 3 KiB": {metric: memory, against: eightShards, bound: 3 << 10},
		"CPU of the handshake ≤ 0.55 × openssl s_time":    {metric: handshake, against: openSSL, bound: .55},
		"CPU ≤ 1.30 × that of case lockstep":              {metric: growth, base: "lockstep", bound: 1.3},
	} {
		if got := g.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Every target has to be about clients and cases that there are, or it would
// stay "not measured" unseen.
func TestTargetsCanBeMeasured(t *testing.T) {
	for _, c := range trials {
		s := newSeries()
		for _, one := range c.clients {
			u := usage{cpu: time.Second, wall: 4 * time.Second, done: 1, peak: 1 << 20}
			s.runs[one] = []usage{u}
			s.alone[one] = []usage{u}
		}
		base := func(name string) *series {
			found, err := known.Choose(name)
			if err != nil {
				return nil
			}
			for _, on := range c.servers {
				if !slices.Contains(found[0].servers, on) {
					return nil
				}
			}
			return s
		}
		for _, g := range c.targets {
			if got := s.verdict(g, c, base); got == "not measured" {
				t.Errorf("%s: %s: %s", c.name, g, got)
			}
		}
	}
}

func TestTable(t *testing.T) {
	s := newSeries()
	s.rounds = 2
	run := func(c client, us, wall time.Duration) {
		u := usage{cpu: us * time.Microsecond * 1000, wall: wall, done: 1000, peak: 30 << 20, sleeps: 250}
		s.runs[c] = []usage{u, u}
		s.alone[c] = []usage{{peak: 20 << 20}, {peak: 20 << 20}}
	}
	run(ours, 30, 4*time.Second)
	run(floor, 20, 1500*time.Millisecond)
	s.failed[goSMTP] = errors.New("of 7 connections 6 ended with QUIT\n")
	s.doubts[`"generator-bound"`] = 1
	c := trial{
		name: "some", title: "a case", work: work{sessions: 1025}, clients: []client{ours, goSMTP, floor},
		targets: []target{{metric: cpu, against: floor, bound: 1.4}},
	}
	var out strings.Builder
	s.print(&out, c, epollSink, func(string) *series { return nil })
	const want = `
some: a case
against epoll sink, 2 rounds, median (lowest–highest)

client     CPU µs/message    sleeps/message    messages/s     peak RSS MiB      KiB/session       ours÷it: CPU      ours÷it: messages/s
smtpgauge  30.0 (30.0–30.0)  0.25 (0.25–0.25)  250 (250–250)  30.0 (30.0–30.0)  10.0 (10.0–10.0)                    
go-smtp    failed                                                                                                   
floor      20.0 (20.0–20.0)  0.25 (0.25–0.25)  667 (667–667)  30.0 (30.0–30.0)  10.0 (10.0–10.0)  1.50 (1.50–1.50)  0.38 (0.38–0.38)

no figures of go-smtp: of 7 connections 6 ended with QUIT
runs of floor took as little as 1.5s: starting up counts
ours called 1 of its runs invalid: "generator-bound"
target CPU ≤ 1.40 × floor: 1.50 (1.50–1.50), missed
`
	if out.String() != want {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}

// The memory of a session is computed by a run with a single session.
func TestAloneIsTheSameWork(t *testing.T) {
	w := work{sessions: 1000, messages: 100_000, size: 1024, pipelined: true}
	if got, want := w.alone(), (work{sessions: 1, messages: 200, size: 1024, pipelined: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if w.sessions != 1000 {
		t.Error("the work itself was changed")
	}
}
