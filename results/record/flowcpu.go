package record

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// flowCPU adds up the CPU time of the generator's busiest thread for the messages of
// each flow's round. Only intervals in which one flow ran count, so it is known for
// flows in turn and for single ones. A series here has no stage.
type flowCPU struct {
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

// add takes the next line of the run's intervals.
func (a *flowCPU) add(i *Interval) {
	s := sample.Series{Flow: i.Flow, Round: i.Round}
	if i.Number != a.number || a.sums == nil {
		a.end()
		a.number, a.series, a.mixed = i.Number, s, false
		a.sum = cpuSum{cpu: i.Busy * float64(i.Length())}
	}
	a.mixed = a.mixed || s != a.series
	for _, n := range i.Messages {
		a.sum.messages += n
	}
}

// end counts the interval under way.
func (a *flowCPU) end() {
	if a.sums == nil {
		a.sums = map[sample.Series]cpuSum{}
	}
	if !a.mixed {
		a.count(a.series, a.sum)
	}
	a.sum = cpuSum{}
}

func (a *flowCPU) count(s sample.Series, more cpuSum) {
	sum := a.sums[s]
	a.sums[s] = cpuSum{sum.cpu + more.cpu, sum.messages + more.messages}
}

// merge adds that of another generator.
func (a *flowCPU) merge(from *flowCPU) {
	a.end()
	for s, sum := range from.sums {
		a.count(s, sum)
	}
}

// perMessage is what a message took; 0 if that is not known.
func (a *flowCPU) perMessage(flow, round int) time.Duration {
	sum := a.sums[sample.Series{Flow: flow, Round: round}]
	if sum.messages == 0 {
		return 0
	}
	return time.Duration(sum.cpu / float64(sum.messages))
}
