package check

import (
	"context"
	"net/netip"

	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// ownSide looks at the machine that is to generate the load.
func ownSide(ctx context.Context, p *loadgen.Plan) []Finding {
	c := &collector{target: ThisMachine}
	ownDescriptors(c, p)
	ownPorts(c, p)
	ownSources(c, p)
	ownCores(ctx, c)
	ownClock(c)
	return c.findings
}

// spareDescriptors is room for the files that are open beside the sessions.
const spareDescriptors = 64

func ownDescriptors(c *collector, p *loadgen.Plan) {
	limit, known := machine.OpenFilesLimit()
	if !known {
		return
	}
	need := uint64(p.MostSessions()) + spareDescriptors
	if limit < need {
		c.add(Error, OwnDescriptors, "raise the hard limit (ulimit -Hn, or LimitNOFILE= in a unit), or ask for fewer sessions",
			"the plan needs %s open files, and the limit is %s", human.Count(int64(need)), human.Count(int64(limit)))
		return
	}
	c.ok(OwnDescriptors, "the plan needs %s open files, and may have %s", human.Count(int64(need)), human.Count(int64(min(limit, 1<<62))))
}

// timeWait is how long Linux keeps the port of a connection that this side closed.
const timeWait = 60

// ownPorts holds the connections a second that the plan opens against the local ports
// that there are for one server. Only open loads say how many that is.
func ownPorts(c *collector, p *loadgen.Plan) {
	ports, waiting, known := machine.LocalPorts()
	if !known {
		return
	}
	busiest, name := 0.0, ""
	for i := range p.Flows {
		if rate := connectionsPerSecond(&p.Flows[i]) / float64(max(1, len(p.Flows[i].Target.Sources))); rate > busiest {
			busiest, name = rate, p.Flows[i].Name
		}
	}
	free := float64(max(0, ports-waiting))
	if busiest*timeWait > free {
		c.add(Warning, OwnPorts, "send more messages a connection, add source addresses (target.source of a scenario), or widen net.ipv4.ip_local_port_range",
			"flow %s opens up to %s connections a second, each keeps its port for up to %d s, and of %s local ports %s are in TIME_WAIT",
			name, human.Rate(busiest), timeWait, human.Count(int64(ports)), human.Count(int64(waiting)))
		return
	}
	c.ok(OwnPorts, "%s local ports for each server and source address, %s connections in TIME_WAIT", human.Count(int64(ports)), human.Count(int64(waiting)))
}

// connectionsPerSecond is how many a flow opens at its highest rate; 0 if its load does
// not say.
func connectionsPerSecond(f *loadgen.Flow) float64 {
	most := 0.0
	for _, s := range f.Load.Stages {
		most = max(most, float64(s.From), float64(s.To))
	}
	if f.Load.Unit == loadgen.Messages {
		if f.Session.Messages == 0 {
			return 0
		}
		most /= float64(f.Session.Messages)
	}
	return most
}

func ownSources(c *collector, p *loadgen.Plan) {
	seen := map[netip.Addr]bool{}
	bad := 0
	for i := range p.Flows {
		for _, a := range p.Flows[i].Target.Sources {
			if seen[a] {
				continue
			}
			seen[a] = true
			if err := netdrive.CheckSource(a); err != nil {
				bad++
				c.add(Error, OwnSources, "take it out of target.source, or give it to an interface", "%v", err)
			}
		}
	}
	if len(seen) > 0 && bad == 0 {
		c.ok(OwnSources, "all of target.source are addresses of this machine: %s", human.Plural(len(seen), "address", "addresses"))
	}
}

// fewCores is how many free cores are too few to measure by.
const fewCores = 0.5

func ownCores(ctx context.Context, c *collector) {
	free, known := machine.FreeCores(ctx)
	switch {
	case !known:
	case free < fewCores:
		c.add(Warning, OwnCores, "stop what keeps the cores busy, or generate the load on another machine", "%s cores are free: what is measured now may be this machine's own delay", human.ThreeDigits(free))
	default:
		c.ok(OwnCores, "%s cores are free", human.ThreeDigits(free))
	}
}

func ownClock(c *collector) {
	synchronised, known := machine.ClockSynchronised()
	switch {
	case !known:
	case synchronised:
		c.ok(OwnClock, "the clock is synchronised")
	default:
		c.add(Note, OwnClock, "", "the clock is not synchronised: times are right within a run, and runs on several machines cannot be laid side by side")
	}
}
