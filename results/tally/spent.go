package tally

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// ownPhases are a session's phases that are no message's. Pipelined or not, they never
// overlap.
var ownPhases = sample.ServerPhasesOf(sample.SetUp, sample.AfterMessage, sample.Farewell)

// CostPhases are the phases that make the cost of a message, in the order of a
// session.
var CostPhases = sample.ServerPhasesOf(sample.SetUp, sample.InMessage, sample.AfterMessage, sample.Farewell)

// CostSlots are the slots whose sum is the cost of messages. A message's span counts in
// place of its phases, because it has also the sending.
var CostSlots = func() []Slot {
	list := []Slot{SlotOf(sample.SpanMessage, sample.Service), UnfinishedSlot}
	for _, p := range ownPhases {
		list = append(list, SlotOf(p, sample.Service))
	}
	return list
}()

// Spent is the sum of the CostSlots, in nanoseconds. Each interval's line has it, so
// that a cost is known without the histograms.
func (t *Total) Spent() float64 {
	sum := 0.0
	for _, s := range CostSlots {
		sum += float64(t.Hists[s].Sum())
	}
	return sum
}
