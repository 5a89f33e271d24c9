package limits

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// An ID names a kind of finding. IDs are stable: docs/findings.md says what each means.
type ID string

// The findings.
const (
	DelayedAck     ID = "delayed-ack-40ms"
	SYNRetries     ID = "syn-retries"
	QueueOverflows ID = "listen-queue-overflows"
	SlowBanner     ID = "banner-waits-5s"
	SessionLimit   ID = "session-limit"
	AuthPause      ID = "auth-failure-pause"
	RateLimit      ID = "rate-limit"
	OwnPorts       ID = "own-ports-used-up"
	ServerCPU      ID = "server-cpu-full"
	SharedCores    ID = "generator-on-servers-cores"
	OneAtATime     ID = "one-message-at-a-time"
	DiskBound      ID = "disk-bound-commits"
	LatencyWithCPU ID = "latency-follows-cpu"
	SessionsUsedUp ID = "sessions-used-up"
)

// A Certainty says how sure a finding is.
type Certainty string

// The certainties.
const (
	Certain  Certainty = "certain"  // the kernel, or the server in so many words, says so
	Likely   Certainty = "likely"   // hardly anything else leaves this mark
	Possible Certainty = "possible" // other causes are as usual
)

// A Finding is a mark that was found, what usually leaves it, and what to try.
type Finding struct {
	ID   ID        `json:"id"`
	Flow string    `json:"flow,omitempty"` // "" of what concerns all flows
	Says string    `json:"says"`           // what was seen
	Is   string    `json:"is"`             // what that usually is
	Do   string    `json:"do"`             // what to try
	Sure Certainty `json:"sure"`
}

// Evidence is what findings are made from.
type Evidence struct {
	Flows     []Flow
	Generator float64 // cores that its loops used, about
	Busiest   float64 // share of the time that the busiest of its loops was on a core
	Server    *Server // nil if nobody looked at it
}

// A Flow is what is known of one flow under load.
type Flow struct {
	Name     string
	Alike    string // the same for flows that differ only in name and load; "" if nothing is known
	Alone    bool   // no other flow ran at its time
	Total    *tally.Total
	Peak     int64                // sessions open at once
	Refused  int64                // the most sessions that were open when another was answered 421; 0 if none was
	Sessions int64                // of a closed load: how many; 0 of an open one
	Limit    int64                // of an open load: the sessions that it may have at once; 0 if that is not known
	Accepted int64                // messages
	Offered  float64              // arrivals due a second, of an open load
	Rate     float64              // messages accepted a second
	Behind   bool                 // an open load had more than the server took
	Cores    float64              // of the server, in use meanwhile; 0 if that is not known
	Idle     float64              // share of its machine's CPU time that nobody used meanwhile; 0 if that is not known
	Errors   []tally.FailureCount // those expected are marked
	Stages   []Stage              // of a load that has several, in their order
}

// A Stage is what became of one stage of a load.
type Stage struct {
	Offered, Rate float64       // arrivals due and messages accepted, a second
	Accepted      int64         // messages of those arrivals
	Time          time.Duration // the median that a message took, without waiting for its turn
	Wait          time.Duration // that an arrival waited for a session, at the median, without the generator's lateness
	Peak          int64         // sessions open at once
	Outgrew       bool          // arrivals queued up to its end
	Cores         float64       // of the server, in use meanwhile; 0 if that is not known
	Idle          float64       // as of a Flow
	Errors        []tally.FailureCount
}

// A Server is the server's own side under load.
type Server struct {
	Cores     float64 // in use, on average; 0 if that is not known
	Of        int     // that its machine has; 0 if that is not known
	Overflows int64   // connections that found the accept queue full, of all servers in its network namespace
	Waited    int64   // the most that waited to be accepted where the load connects to; 0 also if that is not known
	Written   float64 // octets to disks, a message; 0 if that is not known
	DiskWait  float64 // share of its machine's CPU time that was idle because something waited for a disk
}

// Find returns the findings: those of the flows in their order, what only several flows or
// the server's side show, and those of all.
func Find(e *Evidence) []Finding {
	found := finder{evidence: e}
	for i := range e.Flows {
		f := &e.Flows[i]
		found.flow = f.Name
		found.delayedAck(f)
		found.synRetries(f)
		found.slowBanner(f)
		found.sessionLimit(f)
		found.authPause(f)
		found.rateLimit(f)
		found.ownPorts(f)
		found.sessionsUsedUp(f)
		found.latencyWithCPU(f)
	}
	found.oneAtATime()
	found.diskBound()
	found.flow = ""
	found.overflows()
	found.cores()
	return found.list
}

type finder struct {
	evidence *Evidence
	flow     string
	list     []Finding
}

func (f *finder) add(id ID, sure Certainty, is, do, says string, args ...any) {
	f.list = append(f.list, Finding{ID: id, Flow: f.flow, Says: fmt.Sprintf(says, args...), Is: is, Do: do, Sure: sure})
}

// least is how often something has to be seen at least.
const least = 3
