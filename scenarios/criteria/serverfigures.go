package criteria

import (
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// ServerPrefix begins the name of each figure of the server's own side. They are of the
// run, and of no flow.
const ServerPrefix = "server."

// serverFigures are the metrics of the server's own side.
var serverFigures = []struct {
	name   string
	metric Metric
}{
	{ServerPrefix + "cpu_per_message", Metric{Kind: ServerCPU}},
	{ServerPrefix + "written_per_message", Metric{Kind: ServerWritten}},
	{ServerPrefix + "max_rss", Metric{Kind: ServerMemory}},
	{ServerPrefix + "memory" + driftSuffix, Metric{Kind: ServerMemory, Drift: true}},
	{ServerPrefix + "listen_overflows", Metric{Kind: ServerOverflows}},
	{ServerPrefix + "listen_drops", Metric{Kind: ServerDrops}},
}

// ServerFigures are the names of those metrics.
func ServerFigures() []string {
	var names []string
	for i := range serverFigures {
		names = append(names, serverFigures[i].name)
	}
	return names
}

// parseServerMetric finds a metric of the server's own side by its name.
func parseServerMetric(text string) (Metric, bool) {
	if !strings.HasPrefix(text, ServerPrefix) {
		return Metric{}, false
	}
	for i := range serverFigures {
		if serverFigures[i].name == text {
			return serverFigures[i].metric, true
		}
	}
	query, stat, _ := strings.Cut(strings.TrimPrefix(text, ServerPrefix), ".")
	if _, isPhase := sample.ParsePhase(query); isPhase || query == "" || !slices.Contains(QueryStats, stat) {
		return Metric{}, false // a flow may be named server
	}
	return Metric{Kind: ServerQuery, Query: query, Stat: stat}, true
}

// QueryStats are the figures that a query about the server has: of its answers under
// load, and how much they rose for each message accepted.
var QueryStats = []string{"min", "mean", "max", "last", "per_message"}

// OfServer tells whether the metric is of the server's own side, and so of no flow.
func (m Metric) OfServer() bool { return m.Kind >= ServerCPU }
