package figures

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// What the generator's part in a time can be at most goes by what was recorded of it,
// with a margin: a thread that loses its core between the reading of the clock and the
// write loses time that is recorded nowhere, but it loses about as much elsewhere.
const (
	partMargin = 2
	partFloor  = 10 * time.Millisecond
)

// noteBeyondGenerator finds the thresholds that an invalid run missed by more than the
// generator's part can explain, so that a slow server is not excused by a busy
// generator. Of a run whose clock stepped, or which lost its end, nothing can be said.
func (res *Result) noteBeyondGenerator(r *record.Run) {
	if res.Partial || len(res.Generator.ClockSteps) > 0 {
		return
	}
	for i := range res.Thresholds {
		t := &res.Thresholds[i]
		if t.OK || t.Value == nil {
			continue
		}
		switch flow := res.Flow(t.criterion.Flow); t.Metric.Kind {
		case criteria.Latency:
			if part, ok := res.generatorsPart(r, &t.criterion); ok {
				t.Beyond = true
				res.Verdict.addNote("threshold missed all the same: %s, and the generator's part in that is %s at most", t.Text(), human.Duration(part))
			}
		case criteria.Errors:
			rejected := float64(flow.Messages.Rejected-flow.Messages.Expected) / float64(flow.Messages.Attempted)
			if t.Beyond = t.missesAlso(rejected); t.Beyond {
				res.Verdict.addNote("threshold missed all the same: %s, and %s were rejected by the server", t.Text(), human.Share(rejected))
			}
		case criteria.Count:
			if t.Beyond = t.Metric.Outcome == sample.Rejected && t.isUpperLimit(); t.Beyond {
				res.Verdict.addNote("threshold missed all the same: %s, and that is the server's word", t.Text())
			}
		}
	}
}

func (t *ThresholdResult) isUpperLimit() bool { return t.criterion.Op == "<" || t.criterion.Op == "<=" }

// missesAlso tells whether a smaller value misses an upper limit as well.
func (t *ThresholdResult) missesAlso(value float64) bool {
	return t.isUpperLimit() && !t.criterion.Met(value)
}

// generatorsPart returns the most that the generator can have added to the time that a
// missed threshold is about. It is false if the threshold might have been met without
// that, or if it is not known. If a share a of the times was over the limit plus x, and
// the generator's part was over x for a share b only, then at least a-b were over the
// limit by the server alone.
func (res *Result) generatorsPart(r *record.Run, t *criteria.Threshold) (time.Duration, bool) {
	m := &t.Metric
	unknown := m.Phase == sample.SpanSession || m.Phase == sample.TLS || m.Phase == sample.Resolve || res.Generator.UnstampedShare > unstampedNote
	if unknown || t.Op != "<" && t.Op != "<=" {
		return 0, false
	}
	total := r.FlowTotal(r.FlowIndex(t.Flow), sample.Steady)
	parts := []*histogram.Histogram{total.Hists[tally.OwnSlot]}
	if m.Part != sample.Service {
		parts = append(parts, total.Hists[tally.LateSlot])
	}
	of := func(h *histogram.Histogram) (time.Duration, bool) { return h.Quantile(m.Q - (1-m.Q)/5) }
	ofPart := func(h *histogram.Histogram) (time.Duration, bool) { return h.Quantile(1 - (1-m.Q)/10) }
	switch m.Stat {
	case "mean":
		of, ofPart = (*histogram.Histogram).Mean, (*histogram.Histogram).Mean
	case "max":
		of, ofPart = (*histogram.Histogram).Max, (*histogram.Histogram).Max
	}
	sum := time.Duration(0)
	for _, h := range parts {
		d, ok := ofPart(h)
		if !ok {
			return 0, false
		}
		sum += d
	}
	sum = partMargin*sum + partFloor
	value, ok := of(r.Histogram(t.Flow, m.Phase, m.Part))
	return sum, ok && !t.Met(float64(value-sum))
}
