package gauge

import (
	"net"
	"net/netip"
	"strconv"

	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

// WatchCores takes a first look at who uses this machine's cores. The server is who
// listens at the ports of the plan, and the processes that the scenario names.
func (j *Job) WatchCores() (*serverside.Cores, error) {
	o := serverside.Options{Processes: j.scenario.Watched()}
	for i := range j.Plan.Flows {
		o.Targets = append(o.Targets, serverside.Target{Port: dialledPort(&j.Plan.Flows[i].Target)})
	}
	return serverside.WatchCores(o)
}

// dialledPort is the port that a target listens at; 0 for none.
func dialledPort(t *loadgen.Target) int {
	if _, text, err := net.SplitHostPort(t.Dial); err == nil {
		if port, err := strconv.Atoi(text); err == nil {
			return port
		}
	}
	return t.Port
}

// IsHere tells whether a server that was loaded runs on this machine: if the scenario
// names its processes here, or a flow went to an address of this machine. A server in a
// container with an address of its own is not found by that.
func (j *Job) IsHere(res *figures.Result) bool {
	if len(j.scenario.Watched()) > 0 {
		return true
	}
	own, _ := net.InterfaceAddrs() // none if they are not known
	for i := range j.Plan.Flows {
		if j.Plan.Flows[i].Target.Network == "unix" {
			return true
		}
	}
	for _, t := range res.TargetsInOrder() {
		if at, err := netip.ParseAddr(t.Address); err == nil && isOwn(at.Unmap(), own) {
			return true
		}
	}
	return false
}

// isOwn tells whether an address is of this machine, whose interfaces have own.
func isOwn(at netip.Addr, own []net.Addr) bool {
	if at.IsLoopback() {
		return true
	}
	for _, a := range own {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr().Unmap() == at.WithZone("") {
			return true
		}
	}
	return false
}
