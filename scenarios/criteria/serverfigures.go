package criteria

import "strings"

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
	return Metric{}, false
}

// OfServer tells whether the metric is of the server's own side, and so of no flow.
func (m Metric) OfServer() bool { return m.Kind >= ServerCPU }
