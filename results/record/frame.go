package record

import (
	"maps"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A frame is a second of a run, or several, all shards together.
type frame struct {
	number    int64               // of the second it ends with
	ticks     map[int]sample.Tick // by shard
	from, to  sample.Instant
	series    map[sample.Series]*tally.Total
	stages    map[sample.Series]*tally.Total // by load stage too
	staged    []bool                         // by flow: whether its load has several stages
	reached   bool                           // a load came to another of its stages
	windows   []windowEntry
	greetings []greetingEntry
	visits    map[int]tally.Visits // by flow
	gauges    []Gauge              // by flow
	busy      float64              // CPU time of the busiest shard, as a share of the interval
	waited    float64              // how long a shard wanted a CPU and had none, as a share; the largest
	stood     time.Duration        // as sample.Tick has it; the largest
	missing   int                  // agents of a fleet that have no part in it, and should
}

// A Gauge is how many sessions and arrivals a flow has at the end of an interval.
type Gauge struct {
	Open    int   `json:"open"`              // sessions
	Peak    int   `json:"peak"`              // the most sessions open at once
	Refused int   `json:"refused,omitempty"` // the most sessions that had been greeted when another was answered 421 instead, since the run began
	Due     int64 `json:"due,omitempty"`     // arrivals since the run began; open load only
	Begun   int64 `json:"begun,omitempty"`   // of those, the ones that have begun
}

func newFrame(number int64, staged []bool) *frame {
	return &frame{
		number: number, series: map[sample.Series]*tally.Total{}, stages: map[sample.Series]*tally.Total{}, staged: staged,
		gauges: make([]Gauge, len(staged)), visits: map[int]tally.Visits{}, ticks: map[int]sample.Tick{},
	}
}

// absorb adds what a shard recorded.
func (f *frame) absorb(b *batch) {
	f.ticks[b.tick.Shard] = joinTicks(f.ticks[b.tick.Shard], b.tick)
	for s, recorded := range b.tallies {
		if f.staged[s.Flow] && s.Stage == sample.Steady && recorded.Has(stageSlots) {
			addTo(f.stages, s).AbsorbOnly(recorded, stageSlots)
		}
		s.LoadStage = 0
		addTo(f.series, s).Absorb(recorded)
	}
	f.reached = f.reached || b.reached
	f.windows = append(f.windows, b.windows...)
	f.greetings = append(f.greetings, b.greetings...)
	for i := range b.visits {
		e := &b.visits[i]
		f.visitsOf(e.flow).Add(e.at, &e.Visits)
	}
}

// prepend adds the frame before this one, while neither is settled.
func (f *frame) prepend(earlier *frame) {
	for shard, t := range earlier.ticks {
		if later, ok := f.ticks[shard]; ok {
			t = joinTicks(t, later)
		}
		f.ticks[shard] = t
	}
	f.addTotals(earlier)
	f.reached = f.reached || earlier.reached
	f.windows = append(earlier.windows, f.windows...)
	f.greetings = append(earlier.greetings, f.greetings...)
}

// join adds the frame after this one, when both are settled.
func (f *frame) join(next *frame) {
	length, more := float64(f.to.Sub(f.from)), float64(next.to.Sub(next.from))
	f.busy = (f.busy*length + next.busy*more) / max(1, length+more)
	f.waited = (f.waited*length + next.waited*more) / max(1, length+more)
	f.stood, f.missing = f.stood+next.stood, max(f.missing, next.missing)
	f.number, f.from, f.to = next.number, min(f.from, next.from), max(f.to, next.to)
	f.addTotals(next)
	f.windows = append(f.windows, next.windows...)
	f.greetings = append(f.greetings, next.greetings...)
	for i := range f.gauges {
		peak := f.gauges[i].Peak
		f.gauges[i] = next.gauges[i]
		f.gauges[i].Peak = max(peak, next.gauges[i].Peak)
	}
}

// addTotals adds what another frame has of each series and address.
func (f *frame) addTotals(from *frame) {
	for s, t := range from.series {
		addTo(f.series, s).Add(t)
	}
	for s, t := range from.stages {
		addTo(f.stages, s).Add(t)
	}
	for flow, v := range from.visits {
		f.visitsOf(flow).Merge(v)
	}
}

// visitsOf are the visits of a flow, made if there are none.
func (f *frame) visitsOf(flow int) tally.Visits {
	if f.visits[flow] == nil {
		f.visits[flow] = tally.Visits{}
	}
	return f.visits[flow]
}

// addTo is the total of a series, made if there is none.
func addTo(totals map[sample.Series]*tally.Total, s sample.Series) *tally.Total {
	t := totals[s]
	if t == nil {
		t = tally.NewTotal()
		totals[s] = t
	}
	return t
}

// settle adds the shards' ticks up, once all are there. Arrivals are counted from
// the run's start, so those of shards that have ended still count: ended has their
// last ticks, and gets those of the shards that end here.
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

// count adds a shard's arrivals, and how many sessions it had when one was refused.
func (f *frame) count(t *sample.Tick) {
	for i := range min(len(f.gauges), len(t.Refused)) {
		f.gauges[i].Refused += t.Refused[i]
	}
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
	return slices.SortedFunc(maps.Keys(f.series), compareSeries)
}
