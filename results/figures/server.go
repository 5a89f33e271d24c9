package figures

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Server is the server's own side, as its processes were looked at. What is under load
// is of the flows' windows, without warm-up and drain; a message is one accepted in them.
// A pointer is nil if the figure is not known.
type Server struct {
	CPUSeconds      float64           `json:"cpu_seconds"` // of the whole run
	CPUPerMessage   *time.Duration    `json:"cpu_per_message_ns"`
	Cores           float64           `json:"cores"`           // in use under load, on average
	CoresOfMachine  int               `json:"cores_available"` // 0 if that is not known
	MaxRSS          int64             `json:"max_rss_bytes"`
	MaxProcesses    int               `json:"max_processes"`
	MaxDescriptors  *int64            `json:"max_descriptors,omitempty"`
	Written         *int64            `json:"written_bytes,omitempty"` // of the whole run, as the next three
	Switches        *int64            `json:"context_switches,omitempty"`
	Overflows       *int64            `json:"listen_overflows,omitempty"`
	Drops           *int64            `json:"listen_drops,omitempty"`
	MaxQueue        *int64            `json:"max_accept_queue,omitempty"`
	WrittenPerMsg   *float64          `json:"written_per_message_bytes,omitempty"`
	SwitchesPerMsg  *float64          `json:"context_switches_per_message,omitempty"`
	DiskWait        *float64          `json:"disk_wait_share,omitempty"`
	Drift           map[string]*Drift `json:"drift,omitempty"` // of its memory, if the load was long
	Looked          time.Duration     `json:"looked_ns"`       // how long the server was looked at
	ClockError      time.Duration     `json:"clock_error_ns,omitempty"`
	underLoadLength time.Duration
	gone            time.Duration // of it, without a process of the server
	unseen          string        // for how long of the load it was looked at, if that is too short
}

// leastLooked is the share of the load in which the server has to have been looked at,
// if it is to have figures a message.
const leastLooked = 0.9

// serverOf works out the server's figures; nil if nobody looked at it.
func serverOf(r *record.Run) *Server {
	if len(r.Server) == 0 {
		return nil
	}
	whole := r.Server.Between(r.Server[0].From, r.Server[len(r.Server)-1].To)
	s := &Server{
		CPUSeconds: whole.CPU.Seconds(), CoresOfMachine: whole.Cores, MaxRSS: whole.Memory, MaxProcesses: whole.Processes, MaxDescriptors: whole.Descriptors,
		Written: whole.Written, Switches: whole.Switches, Overflows: whole.Overflows, Drops: whole.Drops, MaxQueue: whole.Queue, Looked: whole.Length() - whole.Blind(),
		ClockError: whole.ClockError,
	}
	if d := memoryDriftOf(r); d != nil {
		s.Drift = map[string]*Drift{memoryDrift: d}
	}
	l := ServerUnder(r, r.SteadyWindows()...)
	s.underLoadLength, s.gone, s.unseen = l.looked, l.gone, l.unseen()
	if !l.Known() {
		return s
	}
	s.Cores = l.CPU.Seconds() / s.underLoadLength.Seconds()
	if waited := l.DiskWait; waited != nil && s.CoresOfMachine > 0 {
		share := min(1, float64(*waited)/(float64(s.underLoadLength)*float64(s.CoresOfMachine)))
		s.DiskWait = &share
	}
	messages := int64(0)
	for i := range r.Header.Flows {
		messages += r.FlowTotal(i, sample.Steady).InWindow
	}
	if cpu, ok := l.CPUPerMessage(messages); ok {
		s.CPUPerMessage = &cpu
		s.WrittenPerMsg, s.SwitchesPerMsg = perMessage(l.Written, messages), perMessage(l.Switches, messages)
	}
	return s
}

func perMessage(n *int64, messages int64) *float64 {
	if n == nil {
		return nil
	}
	v := float64(*n) / float64(messages)
	return &v
}

// metric is a figure of the server's own side, or why there is none.
func (s *Server) metric(m criteria.Metric) (value float64, reason string) {
	if s == nil {
		return 0, "nobody looked at the server"
	}
	if float64(s.gone) > (1-leastLooked)*float64(s.underLoadLength) {
		return 0, fmt.Sprintf("no process of the server was there for %.1f s of the load", s.gone.Seconds())
	}
	if s.unseen != "" {
		return 0, "the server was " + s.unseen
	}
	unknown := "it is not known"
	var n *int64
	switch m.Kind {
	case criteria.ServerCPU:
		if s.CPUPerMessage == nil {
			return 0, withoutMessages
		}
		return float64(*s.CPUPerMessage), ""
	case criteria.ServerWritten:
		if s.WrittenPerMsg == nil && s.CPUPerMessage == nil {
			return 0, withoutMessages
		}
		if s.WrittenPerMsg == nil {
			return 0, unknown + ": the system does not let this user see what the server writes"
		}
		return *s.WrittenPerMsg, ""
	case criteria.ServerMemory:
		n = &s.MaxRSS
	case criteria.ServerOverflows:
		n = s.Overflows
	case criteria.ServerDrops:
		n = s.Drops
	}
	if n == nil {
		return 0, unknown
	}
	return float64(*n), ""
}

const withoutMessages = "no message was accepted under load"

// noteUnseen says what is missing of the server's own side, if the scenario asks for it.
func (v *Validity) noteUnseen(r *record.Run) {
	v.noteBlind(r)
	processes, queries := r.Header.WatchesServer()
	var missing []string
	if processes && len(r.Server) == 0 {
		missing = append(missing, "no figures of its processes")
	}
	if queries && len(r.Queries) == 0 {
		missing = append(missing, "no answers to its queries")
	}
	switch what := strings.Join(missing, " and "); {
	case what == "":
	case r.OfAgents():
		v.addNote("server: %s: agents have none; the coordinator's run file has what came until its end, and smtpgauge show prints that", what)
	default:
		v.addNote("server: %s came", what)
	}
}

// leastBlind is how long nobody looked at the server, if that is worth a note.
const leastBlind = 5 * time.Second

// noteBlind says when nobody looked at the server under load, and who was to.
func (v *Validity) noteBlind(r *record.Run) {
	if len(r.Server) == 0 {
		return
	}
	windows := r.SteadyWindows()
	l := ServerUnder(r, windows...)
	var at, end sample.Instant
	var longest time.Duration
	for _, w := range windows {
		if from, d := r.Server.LongestBlind(w.From, w.To); d > longest {
			at, end, longest = from, w.To, d
		}
	}
	if l.unseen() == "" && longest < leastBlind {
		return
	}
	who := "nobody looked"
	if name := r.Header.Watcher(); name != "" {
		who = "agent " + name + " did not look"
	}
	when := fmt.Sprintf("for %.1f s from %s UTC on", longest.Seconds(), at.Time().UTC().Format(time.TimeOnly))
	if at.Add(longest) == end {
		when += ", to the end of the load"
	}
	v.addNote("server: %s; %s %s", cmp.Or(l.unseen(), "not looked at all the time"), who, when)
}
