package main

import "github.com/smtpgauge/smtpgauge/loadgen"

// spareDescriptors is what the program has open beside its sessions, with room.
const spareDescriptors = 64

// descriptorsFor is how many open files a plan needs at most: flows at once
// add up, flows in turn do not.
func descriptorsFor(p *loadgen.Plan) uint64 {
	var sum, most uint64
	for i := range p.Flows {
		n := uint64(sessionsOf(&p.Flows[i].Load))
		sum, most = sum+n, max(most, n)
	}
	if p.InTurn {
		sum = most
	}
	return sum + spareDescriptors
}

// sessionsOf is how many sessions a load can have open at once.
func sessionsOf(l *loadgen.Load) int {
	if l.Open() {
		return l.MaxSessions
	}
	return l.Sessions
}
