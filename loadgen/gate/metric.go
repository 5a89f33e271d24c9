package gate

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Kind says what a metric counts, and so what its changes are measured in.
type Kind uint8

// The kinds of Metric.
const (
	Time  Kind = iota // changes by per cent or by a time
	Share             // by per cent or by percentage points
	Rate              // by per cent
)

// A Metric is a figure of a flow that comparisons judge.
type Metric struct {
	Name string
	Kind Kind
}

// Metrics are the metrics that flows under open or closed load are compared by,
// in the order of the tables. What is waited for under open load begins when it
// is due, so there message.response stands for message.
func Metrics(open bool) []Metric {
	message := "message"
	if open {
		message = "message.response"
	}
	list := []Metric{
		{message + ".p50", Time}, {message + ".p90", Time}, {message + ".p99", Time}, {message + ".mean", Time},
		{"rate", Rate}, {"errors", Share}, {"setup", Time}, {"generator.cpu", Time},
	}
	for p := range sample.Phase(sample.NumPhases) {
		if name := p.String(); name != message {
			list = append(list, Metric{name + ".p50", Time}, Metric{name + ".p99", Time})
		}
	}
	return list
}

// all are the metrics of either load.
var all = append(Metrics(false), slices.DeleteFunc(Metrics(true), func(m Metric) bool { return Known(m.Name, false) })...)

// Known tells whether flows under open or closed load are compared by a metric
// of that name.
func Known(name string, open bool) bool {
	return slices.ContainsFunc(Metrics(open), func(m Metric) bool { return m.Name == name })
}
