package results

import (
	"errors"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// thresholdLine is a threshold as it stands in a file's header.
type thresholdLine struct {
	Expr   string     `json:"expr"`
	Flow   string     `json:"flow"`
	Metric metricLine `json:"metric"`
	Op     string     `json:"op"`
	Limit  float64    `json:"limit"`
}

// metricLine says of a metric what its kind has.
type metricLine struct {
	Kind    word    `json:"kind"`
	Phase   word    `json:"phase,omitempty"`
	Part    word    `json:"part,omitempty"`
	Stat    string  `json:"stat,omitempty"`
	Q       float64 `json:"q,omitempty"`
	Outcome word    `json:"outcome,omitempty"`
}

func thresholdLines(list []loadgen.Threshold) []thresholdLine {
	var lines []thresholdLine
	for i := range list {
		t := &list[i]
		l := thresholdLine{t.Expr, t.Flow, metricLine{Kind: metricKinds.word(uint8(t.Metric.Kind))}, t.Op, t.Limit}
		switch m := &t.Metric; m.Kind {
		case loadgen.Latency:
			l.Metric.Phase, l.Metric.Part = phaseKinds.word(uint8(m.Phase)), metricParts.word(uint8(m.Part))
			l.Metric.Stat, l.Metric.Q = m.Stat, m.Q
		case loadgen.Count:
			l.Metric.Outcome = outcomeKinds.word(uint8(m.Outcome))
		}
		lines = append(lines, l)
	}
	return lines
}

// threshold reads a line back.
func (l *thresholdLine) threshold() (loadgen.Threshold, error) {
	m := &l.Metric
	kind, badKind := metricKinds.value(m.Kind)
	phase, badPhase := phaseKinds.value(m.Phase)
	part, badPart := metricParts.value(m.Part)
	outcome, badOutcome := outcomeKinds.value(m.Outcome)
	return loadgen.Threshold{
		Expr: l.Expr, Flow: l.Flow, Op: l.Op, Limit: l.Limit,
		Metric: loadgen.Metric{
			Kind: loadgen.MetricKind(kind), Phase: sample.Phase(phase), Part: sample.Part(part),
			Stat: m.Stat, Q: m.Q, Outcome: sample.Outcome(outcome),
		},
	}, errors.Join(badKind, badPhase, badPart, badOutcome)
}
