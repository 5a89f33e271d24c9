package fleet

import (
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
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

// attend says in a progress who the agents are, and which of them are silent or lost.
func (f *Fleet) attend(p *record.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p.Agents = len(f.members)
	for i, m := range f.members {
		part := &p.Parts[i]
		part.Name, part.Host = m.name, m.hello.Host
		part.Lost = m.away || m.broken != nil || m.Failed != "" || m.Left && !f.isWhole(m)
		part.Silent = !part.Lost && time.Since(m.heard) > quietFor
		switch {
		case part.Lost:
			p.Lost++
		case part.Silent:
			p.Silent++
		}
	}
}

// admit gives an agent a place, or refuses it. The fleet is locked.
func (f *Fleet) admit(id string, hello *bus.Hello, now time.Time) {
	switch {
	case f.order.Leave:
	case hello.Version != f.o.Version:
		f.refuse(id, hello, otherVersion)
	case hello.Watches:
		if reason := f.admitWatcher(id, hello, now); reason != "" {
			f.refuse(id, hello, reason)
		}
	case !f.gathered:
		f.seat(id, hello, now)
	default:
		f.reclaim(id, hello, now)
	}
}

const otherVersion = "agent and coordinator have to be of the same version"

// refuse tells an agent why it has no place, and people once. The fleet is locked.
func (f *Fleet) refuse(id string, hello *bus.Hello, reason string) {
	if !f.refused[id] && len(f.refused) < 1000 {
		f.refused[id] = true
		versions := ""
		if hello.Version != f.o.Version {
			versions = fmt.Sprintf(" (it is %s, this is %s)", hello.Version, f.o.Version)
		}
		f.o.Report(fmt.Sprintf("refused agent %s on %s: %s%s", hello.Name, hello.Host, reason, versions))
	}
	_ = f.end.Send(id, &bus.Refusal{Reason: reason, Version: f.o.Version}, nil) // it asks again
}

// seat gives an agent a place while the fleet gathers: that of one that fell silent, first of
// all of its own name, or a new one. If there is none it has no answer, and asks again: until
// all have come, any place may get free. The fleet is locked.
func (f *Fleet) seat(id string, hello *bus.Hello, now time.Time) {
	named := func(m *member) bool { return m.hello.Name == hello.Name && m.hello.Host == hello.Host }
	if slices.ContainsFunc(f.members, func(m *member) bool { return named(m) && !m.away && now.Sub(m.heard) > quietFor }) {
		return
	}
	at := slices.IndexFunc(f.members, func(m *member) bool { return named(m) && m.away })
	if at < 0 && len(f.members) >= f.o.Agents {
		if at = slices.IndexFunc(f.members, func(m *member) bool { return m.away }); at < 0 {
			return
		}
	}
	if at < 0 {
		at = len(f.members)
		f.members = append(f.members, nil)
	}
	m := &member{id: id, index: at, name: hello.Name, hello: *hello, heard: now, stepped: now}
	taken := func(o *member) bool { return o != nil && o != f.members[at] && o.name == m.name }
	for n := 2; slices.ContainsFunc(f.members, taken); n++ {
		m.name = fmt.Sprintf("%s-%d", hello.Name, n)
	}
	f.members[at] = m
	for _, o := range f.members { // all have to answer from now on: one of them may just have been killed
		o.asked = o.track.exchanges
	}
	f.o.Report(fmt.Sprintf("agent %s on %s has joined: %d of %d", m.name, hello.Host, f.present(), f.o.Agents))
	f.send(m)
	f.notify()
}

// present is how many agents are there. The fleet is locked.
func (f *Fleet) present() int {
	n := 0
	for _, m := range f.members {
		if !m.away {
			n++
		}
	}
	return n
}

// allGone tells whether all agents that are there know that the fleet is dissolved. The fleet
// is locked.
func (f *Fleet) allGone() bool {
	for _, m := range f.members {
		if !m.away && !m.gone && !m.Left {
			return false
		}
	}
	for _, w := range f.watchers {
		if !w.away && !w.gone {
			return false
		}
	}
	return true
}

// progress notes whether an agent has come nearer to the start of the run.
func (m *member) progress(now time.Time) {
	step := m.Blobs[0] + m.Blobs[1]
	for _, done := range []bool{m.Loaded, m.Probed, m.Waits > 0, m.Ended} {
		if done {
			step += 2 * bus.MaxBlob
		}
	}
	if step > m.step {
		m.step, m.stepped = step, now
	}
}

// stuck says what an agent does not get done, although it is there; "" if it goes on. The
// fleet is locked.
func (f *Fleet) stuck(m *member, now time.Time) string {
	took := now.Sub(m.stepped)
	switch {
	case took <= stuckAfter:
		return ""
	case !m.Loaded:
		return fmt.Sprintf("has had no more of the scenario for %s, and has not resolved it", human.Seconds(took))
	case f.order.Begin:
		return fmt.Sprintf("has been getting ready for the run for %s", human.Seconds(took))
	}
	return fmt.Sprintf("has been trying the target for %s", human.Seconds(took))
}

// look notes whether an agent has fallen silent. The fleet is locked.
func (f *Fleet) look(m *member, now time.Time) {
	silent := now.Sub(m.heard)
	if silent > lostAfter && !m.away {
		m.away = true
		text := fmt.Sprintf("agent %s on %s is lost: it has been silent for %.1f s", m.name, m.hello.Host, silent.Seconds())
		if !f.gathered {
			text += fmt.Sprintf("; another may take its place: %d of %d", f.present(), f.o.Agents)
		}
		f.o.Report(text)
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
		m.claim = claim{}
		f.o.Report(fmt.Sprintf("agent %s on %s is back after %.1f s", m.name, m.hello.Host, silent.Seconds()))
		f.feed(feeding{agent: m.index, back: true})
		f.notify()
	}
}
