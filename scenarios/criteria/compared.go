package criteria

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Compared is a metric that flows are compared by, and the name gates have for
// it. The name of the time that a load is judged by says which that is: what is
// waited for under open load begins when it is due, so there message.response
// stands for message.
type Compared struct {
	Name string
	Metric
	Headline bool // always in tables; the others if they tell something
}

// ComparedBy lists the metrics that flows under a kind of load are compared by,
// in the order of the tables: what is waited for, what is got, and where the
// time goes.
func ComparedBy(load sample.LoadKind) []Compared {
	message := judgedName(load)
	list := []Compared{
		quantile(message, sample.SpanMessage, load.Judged(), "p50", 0.5),
		quantile(message, sample.SpanMessage, load.Judged(), "p90", 0.9),
		quantile(message, sample.SpanMessage, load.Judged(), "p99", 0.99),
		{Name: message + ".mean", Metric: Metric{Phase: sample.SpanMessage, Part: load.Judged(), Stat: "mean"}},
		{Name: "rate", Metric: Metric{Kind: Rate}},
		{Name: "errors", Metric: Metric{Kind: Errors}},
		{Name: "setup", Metric: Metric{Kind: SetUp}},
		{Name: "generator.cpu", Metric: Metric{Kind: GeneratorCPU}},
	}
	for i := range list {
		list[i].Headline = true
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

// judgedName is the time of a message that a load is judged by.
func judgedName(load sample.LoadKind) string {
	if part := load.Judged(); part != sample.Service {
		return sample.SpanMessage.String() + "." + part.String()
	}
	return sample.SpanMessage.String()
}

// all are the metrics of either load.
var all = append(ComparedBy(sample.ClosedLoad), slices.DeleteFunc(ComparedBy(sample.OpenLoad), func(m Compared) bool {
	return IsCompared(m.Name, sample.ClosedLoad)
})...)

// IsCompared tells whether flows under a kind of load are compared by a metric
// of that name.
func IsCompared(name string, load sample.LoadKind) bool {
	return slices.ContainsFunc(ComparedBy(load), func(m Compared) bool { return m.Name == name })
}
