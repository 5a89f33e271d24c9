package telemetry

import "github.com/prometheus/client_golang/prometheus"

// A family is a metric as it is declared: with its name, what it means, and
// the labels its series differ in.
type family struct {
	name   string
	labels []string
	desc   *prometheus.Desc
	kind   prometheus.ValueType // untyped for a histogram, which has a type of its own
}

func counter(name, help string, labels ...string) family {
	return declare(prometheus.CounterValue, name, help, labels)
}

func gauge(name, help string, labels ...string) family {
	return declare(prometheus.GaugeValue, name, help, labels)
}

func distributionOf(name, help string, labels ...string) family {
	return declare(prometheus.UntypedValue, name, help, labels)
}

func declare(kind prometheus.ValueType, name, help string, labels []string) family {
	name = prometheus.BuildFQName("smtpgauge", "", name)
	return family{name, labels, prometheus.NewDesc(name, help, labels, nil), kind}
}

// What is exposed. Names, labels and meaning are those of package results'
// exposition where both have them.
var (
	runInfo     = gauge("run_info", "What is run, and by what.", "run", "version", "goversion", "os", "arch")
	runStart    = gauge("run_start_time_seconds", "When the run started, in seconds since the Unix epoch.")
	runDuration = gauge("run_duration_seconds", "How long the run has taken so far.")
	runValid    = gauge("run_valid", "Whether the measurement may be believed (1) or not (0). It is there once the run has ended.")
	threshold   = gauge("threshold_met", "Whether a threshold was met (1) or missed (0). It is there once the run has ended.", "threshold")

	messages   = counter("messages_total", "Messages by what became of them, without the warm-up.", "flow", "outcome")
	warmup     = counter("warmup_messages_total", "Messages of the warm-up by what became of them.", "flow", "outcome")
	recipients = counter("recipients_total", "Recipients of messages that were sent whole or refused.", "flow", "outcome")
	sessions   = counter("sessions_total", "Sessions by how they ended.", "flow", "result")
	peak       = gauge("sessions_peak", "The most sessions open at once.", "flow")
	openNow    = gauge("sessions_open", "Sessions open at the end of the last interval.", "flow")
	arrivals   = counter("arrivals_total", "Arrivals of open load, the warm-up included.", "flow", "state")
	failures   = counter("errors_total", "Failures by phase, class and reply.", "flow", "phase", "class", "code", "enhanced")

	phaseTimes = distributionOf("phase_seconds", "Times of phases and spans.", "flow", "phase", "part")

	generatorCPU    = counter("generator_cpu_seconds_total", "CPU time of the generator.")
	generatorMemory = gauge("generator_resident_memory_max_bytes", "The generator's peak memory.")
	generatorBusy   = gauge("generator_busy_share", "Which part of the last interval the busiest shard's thread was on a CPU.")
	generatorDenied = gauge("generator_denied_share", "Which part of the time it wanted a CPU in the last interval the worst-off shard's thread had none.")
	ownShare        = gauge("generator_own_share", "Which part of all message time was the generator's own.")
	ownTimes        = distributionOf("generator_own_seconds", "The generator's own part in the time of a message.")
	delays          = distributionOf("generator_delay_seconds", "From a reply's kernel stamp to when it was read.")
	lateness        = distributionOf("generator_late_seconds", "From when an arrival was due to when the scheduler got to it.")
)

// families are all of them.
var families = []family{
	runInfo, runStart, runDuration, runValid, threshold,
	messages, warmup, recipients, sessions, peak, openNow, arrivals, failures,
	phaseTimes,
	generatorCPU, generatorMemory, generatorBusy, generatorDenied, ownShare, ownTimes, delays, lateness,
}
