package criteria

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Metric names one figure of a flow, or of the server that the flows loaded.
type Metric struct {
	Kind    Kind
	Phase   sample.Phase   // of Latency
	Part    sample.Part    // of Latency
	Query   string         // of ServerQuery: its name
	Stat    string         // of Latency: "p50", "p99", "p99.9" (or "p999"), ..., "mean", "max"; of ServerQuery: one of QueryStats
	Q       float64        // of Latency: the quantile behind Stat, 0 to 1; 0 of mean and max
	Outcome sample.Outcome // of Count
	Drift   bool           // not the figure itself, but how much it changes an hour
}

// A Kind is a kind of figure that a flow has, or the server.
type Kind uint8

// The kinds of Metric.
const (
	Latency      Kind = iota // PHASE[.service|.response|.lag].STAT
	Errors                   // errors: messages not accepted, as a share of those attempted
	Rate                     // rate: messages accepted a second
	Count                    // accepted, rejected, failed or unknown: a number of messages
	SetUp                    // setup: how long it takes to make a session ready, on average
	GeneratorCPU             // generator.cpu: the generator's CPU time for a message

	ServerCPU       // server.cpu_per_message: the server's CPU time for a message
	ServerWritten   // server.written_per_message: what the server writes to disks for a message
	ServerMemory    // server.max_rss: the most memory that the server had
	ServerOverflows // server.listen_overflows: connections that found an accept queue full
	ServerDrops     // server.listen_drops: SYNs and connections that the kernel dropped
	ServerQuery     // server.QUERY.min|mean|max|last|per_message: what a query about the server said
)

// A Unit is the unit of a figure and of its changes.
type Unit uint8

// The units of figures.
const (
	Time      Unit = iota // nanoseconds; changes are in per cent, or a time
	Share                 // 0 to 1; changes are in per cent, or in percentage points
	PerSecond             // messages a second; changes are in per cent
	Messages              // messages; changes are in per cent
	Octets                // octets
	Events                // how often something happened
	Plain                 // a number whose unit nobody knows, which may be below 0

	SharePerHour  // a change an hour, as a share of the value at the beginning
	PointsPerHour // a change of a share an hour: 0.01 is a percentage point
)

var unitNames = [...]string{
	Time: "ns", Share: "share", PerSecond: "messages/s", Messages: "messages", Octets: "bytes", Events: "events", Plain: "number",
	SharePerHour: "share/h", PointsPerHour: "points/h",
}

// String returns the unit as it stands in results.
func (u Unit) String() string { return unitNames[u] }

// Unit is the unit of the metric's figure.
func (m Metric) Unit() Unit {
	switch {
	case m.Drift && m.Kind == Errors:
		return PointsPerHour
	case m.Drift:
		return SharePerHour
	}
	switch m.Kind {
	case Errors:
		return Share
	case Rate:
		return PerSecond
	case Count:
		return Messages
	case ServerWritten, ServerMemory:
		return Octets
	case ServerOverflows, ServerDrops:
		return Events
	case ServerQuery:
		return Plain
	}
	return Time
}

// figures are the metrics that are not times of a phase.
var figures = []struct {
	name   string
	metric Metric
}{
	{"errors", Metric{Kind: Errors}},
	{"rate", Metric{Kind: Rate}},
	{"accepted", Metric{Kind: Count, Outcome: sample.Accepted}},
	{"rejected", Metric{Kind: Count, Outcome: sample.Rejected}},
	{"failed", Metric{Kind: Count, Outcome: sample.Failed}},
	{"unknown", Metric{Kind: Count, Outcome: sample.Unknown}},
}

// parseMetric reads what follows the flow: a figure, PHASE[.PART].STAT, or one of them and
// .drift.
func parseMetric(text string) (Metric, error) {
	for i := range figures {
		if figures[i].name == text {
			return figures[i].metric, nil
		}
	}
	if m, isDrift, err := parseDrift(text); isDrift {
		return m, err
	}
	phase, rest, found := strings.Cut(text, ".")
	p, ok := sample.ParsePhase(phase)
	if !ok {
		return Metric{}, unknownFigure(text)
	}
	if !found {
		return Metric{}, fmt.Errorf("say which figure of %s: %s.p99, .mean or .max", phase, phase)
	}
	m := Metric{Kind: Latency, Phase: p}
	first, stat, more := strings.Cut(rest, ".")
	if part, known := sample.ParsePart(first); known && more {
		m.Part, rest = part, stat
	} else if known {
		return m, fmt.Errorf("say which figure of %s.%s: p99, mean or max", phase, rest)
	}
	if m.Part != sample.Service && !p.IsSpan() {
		return m, fmt.Errorf("%s has no %s time: only message and session have", phase, m.Part)
	}
	var err error
	m.Stat = rest
	m.Q, err = parseStat(rest)
	if err == errNoStat {
		err = unknownStat(text)
	}
	return m, err
}

// errNoStat is the error for a text that is no figure of a phase.
var errNoStat = errors.New("no such figure")

var statRegexp = regexp.MustCompile(`^p([0-9]{2})\.?([0-9]{0,4})$`)

// parseStat reads mean, max, or a quantile: p50, p99, and p99.9 or p999.
func parseStat(stat string) (float64, error) {
	if stat == "mean" || stat == "max" {
		return 0, nil
	}
	m := statRegexp.FindStringSubmatch(stat)
	// p999 is p99.9, but p100 is a mistake and not p10.0.
	if m == nil || strings.HasSuffix(stat, ".") || len(m[2]) > 0 && m[1] < "90" && !strings.Contains(stat, ".") {
		return 0, errNoStat
	}
	// p99.9 is 0.999: the digits of a percentage are the decimals of a share. Both
	// parts are digits, so this parses.
	q, err := strconv.ParseFloat("0."+m[1]+m[2], 64)
	if err != nil || q == 0 {
		return 0, fmt.Errorf("%s is no quantile: p50, p99 and p99.9 are", stat)
	}
	return q, nil
}
