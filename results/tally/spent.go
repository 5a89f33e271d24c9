package tally

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// ownPhases are a session's beside its messages. Pipelined or not, none of
// them overlaps another.
var ownPhases = sample.ServerPhasesOf(sample.SetUp, sample.AfterMessage, sample.Farewell)

// CostPhases are all that a message's cost is told by, in the order of a
// session.
var CostPhases = sample.ServerPhasesOf(sample.SetUp, sample.InMessage, sample.AfterMessage, sample.Farewell)

// CostSlots hold what a cost is the sum of: a message's own phases may overlap,
// so that it counts as the span it took.
var CostSlots = func() []Slot {
	list := []Slot{SlotOf(sample.SpanMessage, sample.Service)}
	for _, p := range ownPhases {
		list = append(list, SlotOf(p, sample.Service))
	}
	return list
}()

// Spent is all time that a cost is the sum of. It stands in each interval's
// line, so that a cost is known without the histograms.
func (t *Total) Spent() float64 {
	sum := 0.0
	for _, s := range CostSlots {
		sum += float64(t.Hists[s].Sum())
	}
	return sum
}
