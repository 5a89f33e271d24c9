package gauge

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// MaxShards is the most shards that a run may have.
const MaxShards = 256

// Sharding chooses how many shards the job's load gets, and says why. It depends on the
// scenario, on where its targets are, and on what this process may use, but not on what
// else the machine does: a run is the same tomorrow.
//
// It is what happens unless somebody says otherwise, because one shard is too few for
// some loads, and that makes a run invalid. For a load that one can carry it is one, and
// so it is beside a server on a small machine.
func (j *Job) Sharding(ctx context.Context) record.Sharding {
	return choose(needOf(j.Plan), thisRoom(onThisMachine(ctx, j.Plan)))
}

// SearchSharding chooses how many shards the trials of a search for a capacity get, of
// which the rate is not known ahead.
func (j *Job) SearchSharding(ctx context.Context) record.Sharding {
	need := needOf(j.Plan)
	need.cores = math.Inf(1)
	return choose(need, thisRoom(onThisMachine(ctx, j.Plan)))
}

// A room is what a process may use for its shards.
type room struct {
	allowed machine.Allowed
	procs   int  // Go's GOMAXPROCS
	shared  bool // with the server
}

func thisRoom(shared bool) room {
	return room{allowed: machine.AllowedCores(), procs: runtime.GOMAXPROCS(0), shared: shared}
}

// cores returns how many whole cores there are.
func (r room) cores() int {
	cores := min(r.allowed.Cores, r.procs)
	if q := r.allowed.Quota; q > 0 && q < float64(cores) {
		cores = int(q)
	}
	return max(1, cores)
}

// shards returns how many shards there is room for. A server on the same machine gets
// half of the cores: beside it, two shards on two cores send less than one. Otherwise one
// core is left to the kernel's work for the network, to the collector of the results, and
// to the garbage collector.
func (r room) shards() int {
	if r.shared {
		return max(1, r.cores()/2)
	}
	return max(1, r.cores()-1)
}

// threads returns how many threads so many shards get, and why they are so many shards,
// with the threads if these are fewer: not more than there are cores, because threads that
// share a core make each message dearer.
func (r room) threads(shards int, why string) (int, string) {
	cores := r.cores()
	if shards <= cores {
		return shards, why
	}
	if why != "" {
		why += ", "
	}
	if cores == 1 {
		return cores, why + "on 1 thread, as there is one core"
	}
	return cores, fmt.Sprintf("%son %d threads, as there are no more cores", why, cores)
}

// String says what there is.
func (r room) String() string {
	text := "1 core"
	if n := r.allowed.Cores; n != 1 {
		text = fmt.Sprintf("%d cores", n)
	}
	if q := r.allowed.Quota; q > 0 && q < float64(r.allowed.Cores) {
		text += fmt.Sprintf(" and a limit of %.3g for its control group", q)
	}
	if r.procs < r.allowed.Cores {
		text += fmt.Sprintf(" and GOMAXPROCS at %d", r.procs)
	}
	if r.shared {
		return text + ", which the server on this machine uses too"
	}
	return text + ", of which one is left to the rest"
}

// A need is what a load takes at the most.
type need struct {
	cores    float64 // of a processor, roughly; infinite if nobody knows
	sessions int
}

const (
	// loaded is how much of a core a shard should have to do. More spoils the times of
	// arrivals, and the estimate is rough.
	loaded = 0.5
	// sessionsAShard is how many sessions a shard should have at the least: an arrival
	// waits for a session of its own shard.
	sessionsAShard = 8
)

// choose chooses as many shards as the load needs, if there is room for them.
func choose(n need, r room) record.Sharding {
	shards := int(math.Ceil(min(n.cores/loaded, MaxShards)))
	out := record.Sharding{Shards: max(1, shards), Why: "auto: the load needs " + coresText(n.cores)}
	if most := max(1, n.sessions/sessionsAShard); out.Shards > most {
		out = record.Sharding{Shards: most, Why: fmt.Sprintf("auto: too few sessions for more, %d at once", n.sessions)}
	}
	if most := r.shards(); out.Shards > most {
		out = record.Sharding{Shards: most, Why: "auto: no room for more with " + r.String()}
	}
	return out
}

func coresText(cores float64) string {
	switch {
	case math.IsInf(cores, 1):
		return "as much as there is"
	case cores < 0.1:
		return "less than 0.1 of a core"
	}
	return fmt.Sprintf("about %.1f cores at the most", cores)
}

// What things cost a shard, roughly, on a core of today. They need not be right: a shard
// has half a core to spare.
const (
	messageCost    = 40 * time.Microsecond
	octetCost      = time.Nanosecond
	connectionCost = 80 * time.Microsecond
	handshakeCost  = 600 * time.Microsecond
	proofCost      = 2 * time.Millisecond // of a password, by SCRAM
	// replyTime is how long a server takes for a message, at the least, if the load
	// waits for it.
	replyTime = 5 * time.Millisecond
)

// needOf estimates what a plan needs.
func needOf(p *loadgen.Plan) need {
	n := need{sessions: p.MostSessions()}
	for i := range p.Flows {
		if f := flowNeed(&p.Flows[i]); p.InTurn {
			n.cores = max(n.cores, f)
		} else {
			n.cores += f
		}
	}
	return n
}

func flowNeed(f *loadgen.Flow) float64 {
	message := messageCost + octetCost*time.Duration(f.Mail.Size.Median)
	connection := connectionCost
	if f.Session.Wire.TLS != sample.TLSNone {
		connection += handshakeCost
	}
	if a := f.Session.Accounts; len(a) > 0 && (a[0].Mechanism == "" || strings.HasPrefix(a[0].Mechanism, "SCRAM-")) {
		connection += proofCost
	}
	perSession := float64(f.Session.Messages)
	var connections, messages float64 // a second
	switch l := &f.Load; {
	case l.Open() && l.Unit == loadgen.Messages:
		messages = l.PeakRate()
		if perSession > 0 {
			connections = messages / perSession
		}
	case l.Open() && perSession > 0:
		connections = l.PeakRate()
		messages = connections * perSession
	case l.Open():
		connections = l.PeakRate()
		messages = float64(l.MaxSessions) / (replyTime + f.Session.Think).Seconds()
	default:
		messages = float64(l.Sessions) / (replyTime + f.Session.Think).Seconds()
		if perSession > 0 {
			connections = messages / perSession
		}
	}
	return messages*message.Seconds() + connections*connection.Seconds()
}

// onThisMachine tells whether a server that the plan loads is on this machine. A name
// that cannot be looked up is not; whoever loads it says what is wrong.
func onThisMachine(ctx context.Context, p *loadgen.Plan) bool {
	own, _ := net.InterfaceAddrs() // without them, the loopback addresses are left
	for i := range p.Flows {
		if scenarios.OnSink(&p.Flows[i]) {
			return true
		}
		found, _ := p.LookUp(ctx, &p.Flows[i].Target, nil)
		for _, a := range found {
			if a.Path != "" || a.TCP.Addr().Unmap().IsLoopback() || has(own, a.TCP.Addr()) {
				return true
			}
		}
	}
	return false
}

func has(own []net.Addr, a netip.Addr) bool {
	for _, o := range own {
		if n, ok := o.(*net.IPNet); ok && n.IP.Equal(net.IP(a.Unmap().AsSlice())) {
			return true
		}
	}
	return false
}
