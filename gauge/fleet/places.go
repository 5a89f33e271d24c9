package fleet

import (
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
)

// A claim is made by an agent that was started again once the fleet had gathered: it has the name
// and the machine of the one in a place.
type claim struct {
	id          string
	hello       bus.Hello
	first, last time.Time // when it was made first, and last
	told        bool      // people know that it waits for the end of a run
}

// knowsWithin is how long it takes at the most to find out that the agent in a place is gone,
// if it was killed just before another claims its place.
const knowsWithin = lostAfter + quietFor

// reclaim gives an agent the place of the one of its name and machine, if that is lost: at once,
// or if a run is under way, once it is over. It refuses an agent of any other name or machine,
// and one whose place has somebody in it. The fleet is locked.
//
// So the parts of the runs before and after are those of one machine, and a run has all of its
// agents from its begin to its end, or says which it lost.
func (f *Fleet) reclaim(id string, hello *bus.Hello, now time.Time) {
	m := f.namesake(hello)
	if m == nil {
		f.refuse(id, hello, fmt.Sprintf("the fleet has all its agents, and these are %d", f.o.Agents))
		return
	}
	if c := &m.claim; c.id != id {
		if now.Sub(c.last) <= knowsWithin && c.id != "" {
			return // one after the other
		}
		*c = claim{id: id, first: now}
	}
	m.claim.hello, m.claim.last = *hello, now
	switch {
	case m.away && !f.begun:
		f.replace(m, now)
	case m.away:
		if !m.claim.told {
			m.claim.told = true
			f.o.Report(fmt.Sprintf("agent %s on %s was started again: it has no part in the run under way", m.name, m.hello.Host))
		}
		_ = f.end.Send(id, &bus.Refusal{Reason: "a run is under way, in which this agent has no part", Version: f.o.Version, Later: true}, nil) // it asks again
	case now.Sub(m.claim.first) > knowsWithin:
		f.refuse(id, hello, fmt.Sprintf("the fleet has its %d agents, and the one of this name is there", f.o.Agents))
	}
}

// namesake is the member of a name and a machine that was heard of least lately; nil for none.
// The fleet is locked.
func (f *Fleet) namesake(hello *bus.Hello) *member {
	var found *member
	for _, m := range f.members {
		if m.hello.Name == hello.Name && m.hello.Host == hello.Host && (found == nil || m.heard.Before(found.heard)) {
			found = m
		}
	}
	return found
}

// replace puts the agent that claims a place into it. The fleet is locked.
func (f *Fleet) replace(old *member, now time.Time) {
	c := &old.claim
	m := &member{id: c.id, index: old.index, name: old.name, hello: c.hello, heard: now, stepped: now, sum: newHashed()}
	f.members[m.index] = m
	f.o.Report(fmt.Sprintf("agent %s on %s was started again, and has its place: %d of %d", m.name, m.hello.Host, f.present(), f.o.Agents))
	f.send(m)
	f.notify()
}

// replaceLost puts those that claim the places of lost agents into them, once a run is over. The
// fleet is locked.
func (f *Fleet) replaceLost(now time.Time) {
	for _, m := range slices.Clone(f.members) {
		if m.away && m.claim.id != "" && now.Sub(m.claim.last) <= lostAfter {
			f.replace(m, now)
		}
	}
}

// allot says how many shards each agent has in a run: as many as it offers, but no more together
// than there are parts of the load, so that no shard is without one.
func allot(offers []int, parts int) []int {
	given, left := make([]int, len(offers)), parts
	for more := true; more; {
		more = false
		for i, offer := range offers {
			if first := given[i] == 0; first || left > 0 && given[i] < offer { // each has one
				given[i]++
				left--
				more = true
			}
		}
	}
	return given
}
