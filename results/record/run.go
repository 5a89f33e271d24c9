package record

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Run is everything one run measured, or several generators' runs of one
// scenario together.
type Run struct {
	Header  Header
	Closing *Closing // nil where the run file has lost its end
	Source  string   // the file it was read from, for messages; whoever opens that may say so

	// Intervals are there where the run was read from a file: by Read all of
	// them, and by others no more than a page or a comparison can show.
	Intervals []Interval

	totals     map[sample.Series]*tally.Total
	windows    map[sample.Series]Window
	gaps       map[sample.Series]time.Duration // of a window, the time between generators that ran at different times
	greetings  []tally.Greetings               // by flow
	gauges     []Gauge                         // by flow: the last, with the highest peak
	Processors tally.Processors
	cpu        flowCPU
	width      int64 // seconds of an interval; 0 for 1
	generators int   // merged; 0 for 1
	end        sample.Instant
	unwritten  error    // why its file is not whole
	identities []string // its own, or those of the runs it was merged from
	damaged    string   // where its file ends, and what of that could not be read; "" where it is whole
}

func newRun(h Header) *Run {
	return &Run{
		Header: h, identities: []string{h.identity()}, totals: map[sample.Series]*tally.Total{}, windows: map[sample.Series]Window{},
		gauges: make([]Gauge, len(h.Flows)), greetings: make([]tally.Greetings, len(h.Flows)),
	}
}

// A Closing is what a run says of itself at its end.
type Closing struct {
	Ended       time.Time       `json:"ended"`
	Interrupted bool            `json:"interrupted"`
	Lost        string          `json:"lost,omitempty"`
	Clock       string          `json:"clock"`
	Steps       []time.Duration `json:"clock_steps_ns,omitempty"`
	Shards      int             `json:"shards"`
	Behind      time.Duration   `json:"behind_ns,omitempty"` // the most that writing the file was behind the load
	Generator   Usage           `json:"generator"`
}

// Interrupted tells whether the run was ended by its user.
func (r *Run) Interrupted() bool { return r.Closing != nil && r.Closing.Interrupted }

// Partial tells whether the end of the run is missing.
func (r *Run) Partial() bool { return r.Closing == nil }

func (r *Run) finish(rep *sample.Report, g Usage) {
	r.Closing = &Closing{
		Ended: rep.Ended.Time().UTC(), Interrupted: rep.Interrupted, Lost: rep.Lost, Clock: rep.Clock.String(),
		Steps: rep.Steps, Shards: rep.Shards, Generator: g,
	}
}

// absorb adds an interval.
func (r *Run) absorb(f *frame) {
	for s, t := range f.series {
		r.total(s).Add(t)
	}
	for _, w := range f.windows {
		r.windows[w.series] = r.windows[w.series].union(Window{w.from, w.to})
	}
	for i, g := range f.gauges {
		r.setGauge(i, g)
	}
	r.Processors.Add(f.processor())
	r.end = max(r.end, f.to)
}

func (r *Run) setGauge(flow int, g Gauge) {
	peak := max(r.gauges[flow].Peak, g.Peak)
	r.gauges[flow] = g
	r.gauges[flow].Peak = peak
}

func (r *Run) total(s sample.Series) *tally.Total {
	t := r.totals[s]
	if t == nil {
		t = tally.NewTotal()
		r.totals[s] = t
	}
	return t
}

// Histogram returns a flow's times of a phase over all rounds, without the
// warm-up; nil where there are none.
func (r *Run) Histogram(flow string, phase sample.Phase, part sample.Part) *histogram.Histogram {
	i := r.FlowIndex(flow)
	if i < 0 {
		return nil
	}
	var hs []*histogram.Histogram
	for round := range r.Header.Rounds {
		if t := r.totals[sample.Series{Flow: i, Round: round, Stage: sample.Steady}]; t != nil {
			hs = append(hs, t.Hists[tally.SlotOf(phase, part)])
		}
	}
	return histogram.Merged(hs...)
}

func (r *Run) FlowIndex(name string) int {
	return slices.IndexFunc(r.Header.Flows, func(f FlowHeader) bool { return f.Name == name })
}

// Steady returns when a flow's load proper began and ended: that of its first
// round and that of its last. Both are zero where there was none.
func (r *Run) Steady(flow string) (from, to time.Time) {
	var all Window
	for round := range r.Header.Rounds {
		all = all.union(r.windows[sample.Series{Flow: r.FlowIndex(flow), Round: round, Stage: sample.Steady}])
	}
	if all == (Window{}) {
		return time.Time{}, time.Time{}
	}
	return all.From.Time(), all.To.Time()
}

// SteadyLength is the length of a flow's load: all rounds' together.
func (r *Run) SteadyLength(flow int) time.Duration {
	var d time.Duration
	for round := range r.Header.Rounds {
		d += r.RoundLength(flow, round)
	}
	return d
}

// RoundLength is the length of one round's load. A run that has lost its end
// may not have the window of its last round: then it is what the intervals
// saw of it.
func (r *Run) RoundLength(flow, round int) time.Duration {
	s := sample.Series{Flow: flow, Round: round, Stage: sample.Steady}
	return max(0, r.windows[s].Length()-r.gaps[s])
}

// Merge makes one run of several, made by other generators from the same
// scenario. Counts, histograms and peaks add up. A window is the union of
// theirs: time in which none of them was at work counts for no rate.
func Merge(runs ...*Run) (*Run, error) {
	if len(runs) == 0 {
		return nil, errors.New("no run to merge")
	}
	if err := CheckDistinct(runs); err != nil {
		return nil, err
	}
	out := newRun(runs[0].Header)
	out.identities = nil
	closing := Closing{}
	whole := true
	for i, r := range runs {
		if r.Header.Hash != out.Header.Hash || !slices.EqualFunc(r.Header.Flows, out.Header.Flows, SameFlow) || r.Header.Rounds != out.Header.Rounds {
			return nil, fmt.Errorf("run %d is of another scenario than run 1: only runs of the same scenario merge", i+1)
		}
		if r.Header.Started.Before(out.Header.Started) {
			out.Header.Started = r.Header.Started
		}
		out.merge(r)
		if r.Closing == nil {
			out.damaged = join(out.damaged, r.damaged)
			whole = false
			continue
		}
		closing.merge(r.Closing)
	}
	if err := out.mergeIntervals(runs); err != nil {
		return nil, fmt.Errorf("putting the runs' intervals together: %w", err)
	}
	out.gaps = gapsBetween(runs)
	if whole {
		out.Closing = &closing
	}
	return out, nil
}

// gaps are the times within the runs' windows taken together in which none of
// the runs was at work.
func gapsBetween(runs []*Run) map[sample.Series]time.Duration {
	bySeries := map[sample.Series][]Window{}
	sum := map[sample.Series]time.Duration{}
	for _, r := range runs {
		for s, w := range r.windows {
			if w.Length() > 0 {
				bySeries[s] = append(bySeries[s], w)
				sum[s] += r.gaps[s]
			}
		}
	}
	for s, list := range bySeries {
		slices.SortFunc(list, func(a, b Window) int { return cmp.Compare(a.From, b.From) })
		all := list[0]
		for _, w := range list[1:] {
			sum[s] += max(0, w.From.Sub(all.To))
			all = all.union(w)
		}
	}
	return sum
}

func (r *Run) merge(from *Run) {
	r.identities = append(r.identities, from.identities...)
	for s, t := range from.totals {
		r.total(s).Add(t)
	}
	for s, w := range from.windows {
		r.windows[s] = r.windows[s].union(w)
	}
	for i := range from.greetings {
		r.greetings[i].Merge(from.greetings[i])
	}
	for i, g := range from.gauges {
		into := &r.gauges[i]
		into.Open, into.Peak = into.Open+g.Open, into.Peak+g.Peak
		into.Due, into.Begun = into.Due+g.Due, into.Begun+g.Begun
	}
	r.Processors.Merge(&from.Processors)
	r.end = max(r.end, from.end)
	r.cpu.merge(&from.cpu)
}

// mergeIntervals puts the intervals of several generators in the order of time.
func (r *Run) mergeIntervals(runs []*Run) error {
	for _, from := range runs {
		r.width = max(r.width, from.width)
	}
	for _, from := range runs {
		list, err := widened(max(1, r.width), from)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Generator += r.generators
		}
		r.generators += max(1, from.generators)
		r.Intervals = append(r.Intervals, list...)
	}
	slices.SortStableFunc(r.Intervals, func(a, b Interval) int { return cmp.Compare(a.From, b.From) })
	return nil
}

// joined puts two texts together, either of which may be none.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

func (c *Closing) merge(from *Closing) {
	if from.Ended.After(c.Ended) {
		c.Ended = from.Ended
	}
	c.Interrupted = c.Interrupted || from.Interrupted
	if from.Lost != "" && c.Lost != "" {
		c.Lost += "; "
	}
	c.Lost += from.Lost
	if c.Clock == "" {
		c.Clock = from.Clock
	} else if c.Clock != from.Clock {
		c.Clock = sample.MixedClock.String()
	}
	c.Steps = append(c.Steps, from.Steps...)
	c.Shards += from.Shards
	c.Behind = max(c.Behind, from.Behind)
	c.Generator.merge(from.Generator)
}

func compareSeries(a, b sample.Series) int {
	return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Round, b.Round), cmp.Compare(a.Stage, b.Stage))
}
