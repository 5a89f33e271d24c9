package criteria

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Compared is a metric that flows are compared by, with its name in gates. Under
// closed load messages are judged by their service time: message.p99. Under open
// load they are judged by their response time, which begins when they are due:
// message.response.p99.
type Compared struct {
	Name string
	Metric
	Headline bool // compared unless asked otherwise; other metrics only if asked for
	Rare     bool // needs so many samples that it is left out if there are not enough
}

// ComparedBy lists the metrics that flows under a kind of load are compared by, in
// the order of the tables: the time of a message, what else the whole run comes to,
// and the time of each phase.
func ComparedBy(load sample.LoadKind) []Compared {
	message := judgedName(load)
	list := []Compared{
		quantile(message, sample.SpanMessage, load.Judged(), "p50", 0.5),
		quantile(message, sample.SpanMessage, load.Judged(), "p90", 0.9),
		quantile(message, sample.SpanMessage, load.Judged(), "p99", 0.99),
		quantile(message, sample.SpanMessage, load.Judged(), "p99.9", 0.999),
		{Name: message + ".mean", Metric: Metric{Phase: sample.SpanMessage, Part: load.Judged(), Stat: "mean"}},
		{Name: "rate", Metric: Metric{Kind: Rate}},
		{Name: "errors", Metric: Metric{Kind: Errors}},
		{Name: "setup", Metric: Metric{Kind: SetUp}},
		{Name: "generator.cpu", Metric: Metric{Kind: GeneratorCPU}},
	}
	for i := range serverFigures {
		if m := serverFigures[i].metric; m.isCompared() {
			list = append(list, Compared{Name: serverFigures[i].name, Metric: m})
		}
	}
	for i := range list {
		list[i].Headline, list[i].Rare = list[i].Stat != "mean", list[i].Stat == "p99.9"
	}
	for p := range sample.Phase(sample.NumPhases) {
		if name := p.String(); name != message {
			list = append(list, quantile(name, p, sample.Service, "p50", 0.5), quantile(name, p, sample.Service, "p99", 0.99))
		}
	}
	return list
}

func quantile(name string, p sample.Phase, part sample.Part, stat string, q float64) Compared {
	return Compared{Name: name + "." + stat, Metric: Metric{Phase: p, Part: part, Stat: stat, Q: q}}
}

// judgedName is the name of the time of a message that a load is judged by.
func judgedName(load sample.LoadKind) string {
	if part := load.Judged(); part != sample.Service {
		return sample.SpanMessage.String() + "." + part.String()
	}
	return sample.SpanMessage.String()
}

// all are the metrics of both kinds of load.
var all = append(ComparedBy(sample.ClosedLoad), slices.DeleteFunc(ComparedBy(sample.OpenLoad), func(m Compared) bool {
	return IsCompared(m.Name, sample.ClosedLoad)
})...)

// ComparedQuery is the metric that a query about the server is compared by, with a figure
// of QueryStats.
func ComparedQuery(query, stat string) Compared {
	return Compared{Name: ServerPrefix + query + "." + stat, Metric: Metric{Kind: ServerQuery, Query: query, Stat: stat}}
}

// isCompared tells whether a figure of the server's own side is one of each round. The
// kernel's events are rare, and a drift is of the whole run.
func (m Metric) isCompared() bool {
	return !m.Drift && (m.Kind == ServerCPU || m.Kind == ServerWritten || m.Kind == ServerMemory)
}

// IsCompared reports whether flows under a kind of load are compared by the metric
// of that name.
func IsCompared(name string, load sample.LoadKind) bool {
	if m, ok := parseServerMetric(name); ok && m.Kind == ServerQuery {
		return true
	}
	return slices.ContainsFunc(ComparedBy(load), func(m Compared) bool { return m.Name == name })
}
