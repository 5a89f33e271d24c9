package loadgen

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// A Threshold is a condition a run has to meet, such as
// "submit-587.message.p99 < 250ms".
type Threshold struct {
	Expr   string // as written
	Flow   string
	Metric Metric
	Op     string  // "<", "<=", ">" or ">="
	Limit  float64 // in the metric's base unit: nanoseconds, a share (0 to 1), or a number a second
}

// A Metric names one figure of a flow.
type Metric struct {
	Kind    MetricKind
	Phase   sample.Phase   // Latency
	Part    sample.Part    // Latency
	Stat    string         // Latency: "p50", "p99", "p99.9" (or "p999"), ..., "mean", "max"
	Q       float64        // Latency: the quantile behind Stat, 0 to 1; unused for mean and max
	Outcome sample.Outcome // Count
}

// MetricKind tells the figures of a flow apart.
type MetricKind uint8

// The kinds of Metric.
const (
	Latency MetricKind = iota // FLOW.PHASE[.service|.response|.lag].STAT
	Errors                    // FLOW.errors: messages not accepted, as a share of those attempted
	Rate                      // FLOW.rate: messages accepted a second
	Count                     // FLOW.accepted, .rejected, .failed or .unknown: a number of messages
)
