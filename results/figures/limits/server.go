package limits

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// overflows looks at what the kernel says of the listen queue.
func (f *finder) overflows() {
	s := f.evidence.Server
	if s == nil || s.Overflows == 0 {
		return
	}
	// The kernel counts for all servers there: something else has to point at this one.
	sure := Possible
	if s.Waited > 0 || slices.ContainsFunc(f.list, func(f Finding) bool { return f.ID == SYNRetries }) {
		sure = Certain
	}
	f.add(QueueOverflows, sure,
		"the server does not accept connections as fast as they come, and its listen queue is short",
		"raise the server's backlog and net.core.somaxconn, or let it accept faster (more processes)",
		"the kernel counted %s that found a listen queue full, of all servers in the network namespace of this one", human.CountOf(s.Overflows, "connection"))
}

// full is the share of the cores at which there is hardly any left: the kernel and other
// processes take some.
const full = 0.9

// cores looks at whether the server's machine had any time left.
func (f *finder) cores() {
	s := f.evidence.Server
	if s == nil || s.Of == 0 || s.Cores == 0 {
		return
	}
	limit := full * float64(s.Of)
	switch {
	case s.Cores >= limit:
		f.add(ServerCPU, Likely,
			"the server has no CPU time left, so that messages wait for a core",
			"give it more or faster cores, or less to do for a message (TLS, content filters, logs)",
			"the server used %s of %d cores under load", human.ThreeDigits(s.Cores), s.Of)
	case s.Cores+f.evidence.Generator >= limit && f.evidence.Generator >= 0.1*float64(s.Of):
		f.add(SharedCores, Likely,
			"generator and server take the cores from each other, so that the server would carry more alone",
			"load the server from another machine, or keep the two on cores of their own (taskset)",
			"the server used %s and the generator %s of the same %d cores", human.ThreeDigits(s.Cores), human.ThreeDigits(f.evidence.Generator), s.Of)
	}
}
