package tally

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A FlowCPU adds up the CPU time of the generator's busiest thread for the messages of
// each flow's round. Only intervals in which one flow ran count, so it is known for
// flows in turn and for single ones. A series here has no stage.
type FlowCPU struct {
	sums map[sample.Series]cpuSum

	// The interval under way. A flow's warm-up and its load may have a line of it
	// each.
	number int64
	series sample.Series
	sum    cpuSum
	mixed  bool // more than one flow ran in it
}

type cpuSum struct {
	cpu      float64
	messages int64
}

// Add takes the next part of the run's intervals: that of a flow's round, with the number
// of its interval, the CPU time in nanoseconds that the busiest thread took in all of the
// interval, and the messages of the part.
func (a *FlowCPU) Add(flow, round int, number int64, cpu float64, messages *Outcomes) {
	s := sample.Series{Flow: flow, Round: round}
	if number != a.number || a.sums == nil {
		a.End()
		a.number, a.series, a.mixed = number, s, false
		a.sum = cpuSum{cpu: cpu}
	}
	a.mixed = a.mixed || s != a.series
	for _, n := range messages {
		a.sum.messages += n
	}
}

// End counts the interval under way.
func (a *FlowCPU) End() {
	if a.sums == nil {
		a.sums = map[sample.Series]cpuSum{}
	}
	if !a.mixed {
		a.count(a.series, a.sum)
	}
	a.sum = cpuSum{}
}

func (a *FlowCPU) count(s sample.Series, more cpuSum) {
	sum := a.sums[s]
	a.sums[s] = cpuSum{sum.cpu + more.cpu, sum.messages + more.messages}
}

// Merge adds that of another generator.
func (a *FlowCPU) Merge(from *FlowCPU) {
	a.End()
	for s, sum := range from.sums {
		a.count(s, sum)
	}
}

// PerMessage is what a message took; 0 if that is not known.
func (a *FlowCPU) PerMessage(flow, round int) time.Duration {
	sum := a.sums[sample.Series{Flow: flow, Round: round}]
	if sum.messages == 0 {
		return 0
	}
	return time.Duration(sum.cpu / float64(sum.messages))
}
