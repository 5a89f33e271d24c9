package gauge

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

// looksUpWithin is how long looking at the cores waits for the addresses of names.
const looksUpWithin = 5 * time.Second

// WatchCores takes a first look at who uses this machine's cores. The server is who
// listens where the plan's flows connect to, and the processes that the scenario names.
func (j *Job) WatchCores() (*serverside.Cores, error) {
	ctx, cancel := context.WithTimeout(context.Background(), looksUpWithin)
	defer cancel()
	return serverside.WatchCores(serverside.Options{Processes: j.scenario.Watched(), Targets: j.Targets(ctx)})
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
	own := serverside.OwnAddresses()
	for i := range j.Plan.Flows {
		if j.Plan.Flows[i].Target.Network == "unix" {
			return true
		}
	}
	for _, t := range res.TargetsInOrder() {
		if at, err := netip.ParseAddr(t.Address); err == nil && own.Has(at) {
			return true
		}
	}
	return false
}
