package fleet

import (
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
)

// A Member is who an agent is, for people.
type Member struct {
	Name, Host string
	Away       bool
}

// Members are the agents that have come.
func (f *Fleet) Members() []Member {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []Member
	for _, m := range f.members {
		list = append(list, Member{Name: m.name, Host: m.hello.Host, Away: m.away})
	}
	return list
}

// attendance is how many agents there are, and how many of them are not heard of.
func (f *Fleet) attendance() (agents, silent int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		if m.away {
			silent++
		}
	}
	return len(f.members), silent
}

// admit gives an agent a place, or refuses it. The fleet is locked.
func (f *Fleet) admit(id string, hello *bus.Hello, now time.Time) {
	reason := ""
	switch {
	case hello.Version != f.o.Version:
		reason = "agent and coordinator have to be of the same version"
	case hello.Watches:
		if reason = f.admitWatcher(id, hello, now); reason == "" {
			return
		}
	case len(f.members) >= f.o.Agents:
		reason = fmt.Sprintf("the fleet has its %d agents", f.o.Agents)
	}
	if reason != "" {
		if !f.refused[id] && len(f.refused) < 1000 {
			f.refused[id] = true
			f.o.Report(fmt.Sprintf("refused agent %s on %s: %s (it is %s, this is %s)", hello.Name, hello.Host, reason, hello.Version, f.o.Version))
		}
		_ = f.end.Send(id, &bus.Refusal{Reason: reason, Version: f.o.Version}, nil) // it asks again
		return
	}
	m := &member{id: id, index: len(f.members), hello: *hello, heard: now}
	m.name = hello.Name
	for n := 2; slices.ContainsFunc(f.members, func(o *member) bool { return o.name == m.name }); n++ {
		m.name = fmt.Sprintf("%s-%d", hello.Name, n)
	}
	f.members = append(f.members, m)
	f.o.Report(fmt.Sprintf("agent %s on %s has joined: %d of %d", m.name, hello.Host, len(f.members), f.o.Agents))
	f.send(m)
	f.notify()
}

// look notes whether an agent has fallen silent. The fleet is locked.
func (f *Fleet) look(m *member, now time.Time) {
	silent := now.Sub(m.heard)
	if silent > lostAfter && !m.away {
		m.away = true
		f.o.Report(fmt.Sprintf("agent %s on %s is lost: it has been silent for %.1f s", m.name, m.hello.Host, silent.Seconds()))
		f.feed(feeding{agent: m.index, away: true})
		f.notify()
	}
	if silent > givenUpAfter && !m.givenUp {
		m.givenUp = true
		f.feed(feeding{agent: m.index, gone: true})
		f.notify()
	}
}

// heardOf notes that an agent is there. The fleet is locked.
func (f *Fleet) heardOf(m *member, now time.Time) {
	silent := now.Sub(m.heard)
	m.longest = max(m.longest, silent)
	m.heard = now
	if m.away {
		m.away, m.givenUp = false, false
		m.awaySum += silent
		f.o.Report(fmt.Sprintf("agent %s on %s is back after %.1f s", m.name, m.hello.Host, silent.Seconds()))
		f.feed(feeding{agent: m.index, back: true})
		f.notify()
	}
}
