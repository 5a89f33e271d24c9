// Package metricfamily declares the metrics that a run is exported as: their
// names, what they mean, and the labels that their series differ in.
//
// Package telemetry exposes them while a run goes on, and package render writes
// their final values: `show --format prometheus`. Both read the declarations here,
// so that a metric is the same one in both:
//
//	metricfamily.Messages.Name // smtpgauge_messages_total
package metricfamily

// A Kind is what a family's values are.
type Kind int

// The kinds. A family of times has a distribution in each series: a histogram
// while the run goes on, since quantiles of a part can be neither added up nor
// averaged, and a summary at its end.
const (
	Counter Kind = iota
	Gauge
	Times
)

// A Family is one metric with all its series.
type Family struct {
	Name   string // as exported: "smtpgauge_messages_total"
	Help   string // one sentence
	Labels []string
	Kind   Kind
}

// With returns a family that has further labels.
func (f Family) With(labels ...string) Family {
	f.Labels = append(f.Labels[:len(f.Labels):len(f.Labels)], labels...)
	return f
}

func declare(kind Kind, name, help string, labels ...string) Family {
	return Family{Name: "smtpgauge_" + name, Help: help, Labels: labels, Kind: kind}
}

// The run as a whole.
var (
	RunInfo     = declare(Gauge, "run_info", "Which scenario is run, and by which program.", "run", "version", "goversion", "os", "arch")
	RunStart    = declare(Gauge, "run_start_time_seconds", "When the run started, in seconds since the Unix epoch.")
	RunDuration = declare(Gauge, "run_duration_seconds", "How long the run has taken.")
	RunValid    = declare(Gauge, "run_valid", "Whether the measurement may be believed (1) or not (0), once the run has ended.")
	RunVerdict  = declare(Gauge, "run_verdict", "What the run comes to, once it has ended: 1 for PASS, FAILED, INVALID or UNDECIDED.", "word")
	RunPartial  = declare(Gauge, "run_partial", "Whether the end of the run is missing.")
	Threshold   = declare(Gauge, "threshold_met", "Whether a threshold was met (1) or missed (0), once the run has ended.", "threshold")
)

// What a flow came to. All but WarmupMessages, SessionsPeak, SessionsOpen and
// Arrivals leave the warm-up out.
var (
	Messages       = declare(Counter, "messages_total", "Messages by what became of them, without the warm-up.", "flow", "outcome")
	WarmupMessages = declare(Counter, "warmup_messages_total", "Messages of the warm-up by what became of them.", "flow", "outcome")
	Recipients     = declare(Counter, "recipients_total", "Recipients of messages that were sent whole or refused.", "flow", "outcome")
	Sessions       = declare(Counter, "sessions_total", "Sessions by how they ended.", "flow", "result")
	SessionsPeak   = declare(Gauge, "sessions_peak", "The most sessions open at once.", "flow")
	SessionsOpen   = declare(Gauge, "sessions_open", "Sessions open at the end of the last interval.", "flow")
	Arrivals       = declare(Counter, "arrivals_total", "Arrivals of open load, the warm-up included.", "flow", "state")
	Failures       = declare(Counter, "errors_total", "Failures by phase, class and reply.", "flow", "phase", "class", "code", "enhanced")
	Rate           = declare(Gauge, "messages_per_second", "Messages accepted a second while the load lasted.", "flow")
	Phases         = declare(Times, "phase_seconds", "Times of phases and spans.", "flow", "phase", "part")
)

// The generator's own part.
var (
	GeneratorCPU    = declare(Counter, "generator_cpu_seconds_total", "CPU time of the generator.")
	GeneratorMemory = declare(Gauge, "generator_resident_memory_max_bytes", "The generator's peak memory.")
	GeneratorBusy   = declare(Gauge, "generator_busy_share", "Which part of the last interval the busiest shard's thread was on a CPU.")
	GeneratorDenied = declare(Gauge, "generator_denied_share", "Which part of the time it wanted a CPU in the last interval the worst-off shard's thread had none.")
	OwnShare        = declare(Gauge, "generator_own_share", "Which part of all message time was the generator's own.")
	Own             = declare(Times, "generator_own_seconds", "The generator's own part in the time of a message.")
	Delay           = declare(Times, "generator_delay_seconds", "From a reply's kernel stamp to when it was read.")
	Late            = declare(Times, "generator_late_seconds", "From when an arrival was due to when the scheduler got to it.")
)

// The server's own side, if somebody looks at it. Counters begin with the first look, and
// have the warm-up and the drain in them.
var (
	ServerCPU           = declare(Counter, "server_cpu_seconds_total", "CPU time of the server's processes.")
	ServerCores         = declare(Gauge, "server_cores_used", "How many cores the server's processes used between the last two looks.")
	ServerMemory        = declare(Gauge, "server_resident_memory_bytes", "Memory of the server's processes at the last look.")
	ServerMemoryMax     = declare(Gauge, "server_resident_memory_max_bytes", "The most memory that the server's processes had at a look.")
	ServerProcesses     = declare(Gauge, "server_processes", "The server's processes at the last look.")
	ServerWritten       = declare(Counter, "server_written_bytes_total", "What the server's processes wrote to disks.")
	ServerSwitches      = declare(Counter, "server_context_switches_total", "Context switches of the server's threads.")
	ServerOverflows     = declare(Counter, "server_listen_overflows_total", "Connections that found an accept queue of the server's kernel full.")
	ServerDrops         = declare(Counter, "server_listen_drops_total", "SYNs and connections that the server's kernel dropped.")
	ServerQueue         = declare(Gauge, "server_accept_queue", "Connections that waited to be accepted at the last look, at the loaded port with the most.")
	ServerCPUPerMessage = declare(Gauge, "server_cpu_per_message_seconds", "CPU time of the server for a message accepted under load.")
	Query               = declare(Gauge, "server_query", "The last answer to a query about the server.", "query")
	QueryMean           = declare(Gauge, "server_query_mean", "The mean of the answers to a query about the server under load.", "query")
)

// Live are the families that a run is exposed as while it goes on: all but those
// that are known at its end alone.
var Live = []Family{
	RunInfo, RunStart, RunDuration, RunValid, RunVerdict, Threshold,
	Messages, WarmupMessages, Recipients, Sessions, SessionsPeak, SessionsOpen, Arrivals, Failures, Phases,
	GeneratorCPU, GeneratorMemory, GeneratorBusy, GeneratorDenied, OwnShare, Own, Delay, Late,
	ServerCPU, ServerCores, ServerMemory, ServerMemoryMax, ServerProcesses, ServerWritten, ServerSwitches, ServerOverflows, ServerDrops, ServerQueue, Query,
}
