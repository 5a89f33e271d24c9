package record

import (
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A frame is one interval of a run, all shards together.
type frame struct {
	number    int64               // of the second it ends with
	ticks     map[int]sample.Tick // by shard
	from, to  sample.Instant
	series    map[sample.Series]*tally.Total
	windows   []windowEntry
	greetings []greetingEntry
	gauges    []Gauge       // by flow
	busy      float64       // CPU time over time of the busiest shard
	waited    float64       // time without a CPU that was wanted, over time, of the shard with most of it
	stood     time.Duration // as Tick has it, of the shard with most of it
}

// A Gauge is how a flow stands at the end of an interval.
type Gauge struct {
	Open  int   `json:"open"`
	Peak  int   `json:"peak"`
	Due   int64 `json:"due,omitempty"`
	Begun int64 `json:"begun,omitempty"`
}

func newFrame(number int64, flows int) *frame {
	return &frame{number: number, series: map[sample.Series]*tally.Total{}, gauges: make([]Gauge, flows), ticks: map[int]sample.Tick{}}
}

// absorb adds what a shard recorded.
func (f *frame) absorb(b *batch) {
	f.ticks[b.tick.Shard] = follow(f.ticks[b.tick.Shard], b.tick)
	for s, tally := range b.tallies {
		f.total(s).Absorb(tally)
	}
	f.windows = append(f.windows, b.windows...)
	f.greetings = append(f.greetings, b.greetings...)
}

// precede takes in the frame before it.
func (f *frame) precede(earlier *frame) {
	for shard, t := range earlier.ticks {
		if later, ok := f.ticks[shard]; ok {
			t = follow(t, later)
		}
		f.ticks[shard] = t
	}
	for s, t := range earlier.series {
		f.total(s).Add(t)
	}
	f.windows = append(earlier.windows, f.windows...)
	f.greetings = append(earlier.greetings, f.greetings...)
}

func (f *frame) total(s sample.Series) *tally.Total {
	if f.series[s] == nil {
		f.series[s] = tally.NewTotal()
	}
	return f.series[s]
}

// settle works out what the shards' ticks come to, once all are there. Arrivals
// are counted from the run's beginning, so those of the shards that have ended
// before count on; ended takes in those that end here.
func (f *frame) settle(ended map[int]sample.Tick) {
	for shard, t := range f.ticks {
		if t.Last {
			ended[shard] = t
		}
	}
	for shard, t := range ended {
		if _, here := f.ticks[shard]; !here {
			f.count(&t)
		}
	}
	for _, t := range f.ticks {
		if f.from == 0 || t.From < f.from {
			f.from = t.From
		}
		f.to = max(f.to, t.To)
		f.stood = max(f.stood, t.Stood)
		if d := t.To.Sub(t.From); d > 0 {
			f.busy = max(f.busy, float64(t.Busy)/float64(d))
			f.waited = max(f.waited, float64(t.Waited)/float64(d))
		}
		for i := range min(len(f.gauges), len(t.Open)) {
			g := &f.gauges[i]
			g.Open, g.Peak = g.Open+t.Open[i], g.Peak+t.Peak[i]
		}
		f.count(&t)
	}
}

// count adds a shard's arrivals.
func (f *frame) count(t *sample.Tick) {
	for i := range min(len(f.gauges), len(t.Due)) {
		f.gauges[i].Due += t.Due[i]
		f.gauges[i].Begun += t.Begun[i]
	}
}

func (f *frame) processor() tally.Processor {
	return tally.Processor{Length: f.to.Sub(f.from), Busy: f.busy, Waited: f.waited, Stood: f.stood}
}

// ordered returns the frame's series in a fixed order.
func (f *frame) ordered() []sample.Series {
	var list []sample.Series
	for s := range f.series {
		list = append(list, s)
	}
	slices.SortFunc(list, compareSeries)
	return list
}
