package record

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/record/trend"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Run is everything one run measured, or several generators' runs of one
// scenario together.
type Run struct {
	Header  Header
	Closing *Closing // nil if the run file has lost its end
	Source  string   // the file it was read from, for messages; whoever opens that file sets it
	Merged  []string // the Sources of the runs that Merge made it of, if all have one

	// Intervals are there if the run was read from a file: all of them by Read, and
	// by ReadTotals and ReadCourse no more than a page or a comparison can show.
	Intervals []Interval

	// Server is what was seen of the server's own side, in the order of time; nil if
	// nobody looked.
	Server tally.Server

	// Queries are the answers to the queries about the server, by their names.
	Queries tally.Queries
	// Agents are those that carried the run out, if it is of a fleet.
	Agents []Agent

	totals     map[sample.Series]*tally.Total
	stages     map[sample.Series]*tally.Total // by load stage too, of flows with several
	staged     []bool                         // by flow: whether its load has several stages
	backlogs   []tally.Backlog                // by flow
	windows    map[sample.Series]Window
	gaps       map[sample.Series]time.Duration // in a window, the time in which no generator was at work
	greetings  []tally.Greetings               // by flow
	visits     []tally.Visits                  // by flow
	gauges     []Gauge                         // by flow: the last, with the highest peak
	Processors tally.Processors
	cpu        tally.FlowCPU
	trends     []trend.Trend // by flow; empty of a run of several rounds
	width      int64         // seconds of an interval; 0 for 1
	generators int           // merged; 0 for 1
	end        sample.Instant
	unwritten  error         // why the file is not whole
	stood      time.Duration // the longest that a loop stood still in an interval of the file
	identities []string      // its own, or those of the runs that were merged
	astray     string        // in what the intervals of its file are not those of its totals; "" if they are
	damaged    string        // where the file ends, and what there could not be read; "" if it is whole
	ofAgents   bool          // made of files of a fleet's agents, without that of its coordinator
}

func newRun(h Header) *Run {
	r := &Run{
		Header: h, identities: []string{h.identity()}, totals: map[sample.Series]*tally.Total{}, windows: map[sample.Series]Window{},
		gauges: make([]Gauge, len(h.Flows)), greetings: make([]tally.Greetings, len(h.Flows)),
		visits: make([]tally.Visits, len(h.Flows)), Queries: tally.Queries{}, trends: make([]trend.Trend, len(h.Flows)),
		stages: map[sample.Series]*tally.Total{}, staged: make([]bool, len(h.Flows)), backlogs: make([]tally.Backlog, len(h.Flows)),
	}
	for i := range h.Flows {
		r.staged[i] = len(h.Stages[h.Flows[i].Name]) > 1
	}
	for i := range r.visits {
		r.visits[i] = tally.Visits{}
	}
	return r
}

// A Closing is what is known of a run at its end.
type Closing struct {
	Ended       time.Time       `json:"ended"`
	Interrupted bool            `json:"interrupted"`
	Deserted    bool            `json:"deserted,omitempty"` // a fleet's coordinator fell silent, so this ended early
	Lost        string          `json:"lost,omitempty"`
	Aborted     string          `json:"aborted,omitempty"`    // why a condition of the scenario ended the run
	NotLoaded   string          `json:"not_loaded,omitempty"` // why nothing was loaded
	Clock       string          `json:"clock"`
	Steps       []time.Duration `json:"clock_steps_ns,omitempty"`
	Shards      int             `json:"shards"`
	Behind      time.Duration   `json:"behind_ns,omitempty"` // the most that writing the file was behind the load
	Generator   generator.Usage `json:"generator"`
	AllowLost   int             `json:"allow_lost,omitempty"` // agents of a fleet that may be lost
}

// Interrupted tells whether the user ended the run.
func (r *Run) Interrupted() bool { return r.Closing != nil && r.Closing.Interrupted }

// Deserted tells whether agents of a fleet ended the run early because their coordinator fell
// silent.
func (r *Run) Deserted() bool { return r.Closing != nil && r.Closing.Deserted }

// OfAgents tells whether the run is what agents of a fleet have of it: what the coordinator
// alone has, such as the server's own side, is missing.
func (r *Run) OfAgents() bool { return r.ofAgents || r.Header.Agent != nil }

// Partial tells whether the end of the run is missing.
func (r *Run) Partial() bool { return r.Closing == nil }

func (r *Run) finish(rep *sample.Report, g generator.Usage) {
	r.Closing = &Closing{
		Ended: rep.Ended.Time().UTC(), Interrupted: rep.Interrupted, Deserted: rep.Deserted, Lost: rep.Lost, Aborted: rep.Aborted, NotLoaded: rep.NotLoaded, Clock: rep.Clock.String(),
		Steps: rep.Steps, Shards: rep.Shards, Generator: g,
	}
}

// absorb adds an interval.
func (r *Run) absorb(f *frame) {
	for s, t := range f.series {
		r.total(s).Add(t)
		r.noteDone(s.Flow, &t.Counts)
		if r.follows(s) {
			r.trends[s.Flow].Add(f.number, f.from, f.to, t)
		}
	}
	for s, t := range f.stages {
		addTo(r.stages, s).Add(t)
	}
	for _, w := range f.windows {
		r.windows[w.series] = r.windows[w.series].union(Window{w.from, w.to})
	}
	for i, g := range f.gauges {
		r.setGauge(i, g)
		r.noteBacklog(i, g, f.to)
	}
	for flow, v := range f.visits {
		r.visits[flow].Merge(v)
	}
	r.Processors.Add(f.processor())
	r.end = max(r.end, f.to)
}

// setGauge sets how a flow stands, and keeps the most sessions it had open.
func (r *Run) setGauge(flow int, g Gauge) {
	peak := max(r.gauges[flow].Peak, g.Peak)
	r.gauges[flow] = g
	r.gauges[flow].Peak = peak
}

func (r *Run) total(s sample.Series) *tally.Total { return addTo(r.totals, s) }

// follows tells whether a series is part of a flow's trend: the load of a run of one round.
func (r *Run) follows(s sample.Series) bool { return s.Stage == sample.Steady && r.Header.Rounds == 1 }

// Trend is how a flow's load went over time. It is empty if there are several rounds.
func (r *Run) Trend(flow int) *trend.Trend { return &r.trends[flow] }

// Histogram returns a flow's times of a phase over all rounds, without the
// warm-up; nil if there are none.
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

// FlowIndex returns the index of the flow with that name; -1 if there is none.
func (r *Run) FlowIndex(name string) int {
	return slices.IndexFunc(r.Header.Flows, func(f FlowHeader) bool { return f.Name == name })
}

// Steady returns when a flow's load began after the warm-up of its first round, and
// when that of its last round ended. Both are zero if there was none.
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

// SteadyWindows are the times in which the load of some flow was under way, apart from
// warm-up and drain. They do not overlap.
func (r *Run) SteadyWindows() []Window {
	var list []Window
	for s, w := range r.windows {
		if s.Stage == sample.Steady && w.Length() > 0 {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b Window) int { return cmp.Compare(a.From, b.From) })
	var out []Window
	for _, w := range list {
		if n := len(out); n > 0 && w.From <= out[n-1].To {
			out[n-1] = out[n-1].union(w)
		} else {
			out = append(out, w)
		}
	}
	return out
}

// SteadyLength is how long a flow's load lasted in all rounds together.
func (r *Run) SteadyLength(flow int) time.Duration {
	var d time.Duration
	for round := range r.Header.Rounds {
		d += r.RoundLength(flow, round)
	}
	return d
}

// RoundLength is how long one round's load lasted. If the run file has lost its
// end, and with it the window of the last round, it is how long that round's
// intervals are.
func (r *Run) RoundLength(flow, round int) time.Duration {
	s := sample.Series{Flow: flow, Round: round, Stage: sample.Steady}
	return max(0, r.windows[s].Length()-r.gaps[s])
}

// Total is what a series came to; nil if it has no samples.
func (r *Run) Total(s sample.Series) *tally.Total { return r.totals[s] }

// FlowTotal adds up a stage of a flow over its rounds.
func (r *Run) FlowTotal(flow int, stage sample.Stage) *tally.Total {
	sum := tally.NewTotal()
	for round := range r.Header.Rounds {
		sum.Add(r.totals[sample.Series{Flow: flow, Round: round, Stage: stage}])
	}
	return sum
}

// Greetings are how servers introduced themselves to a flow.
func (r *Run) Greetings(flow int) *tally.Greetings { return &r.greetings[flow] }

// LastGauge is how a flow's arrivals and sessions stood at the end, with the most
// sessions that were open at once.
func (r *Run) LastGauge(flow int) Gauge { return r.gauges[flow] }

// CPU is the generator's CPU time for one message of a flow's round. It is known
// from intervals in which no other flow ran; 0 if there are none.
func (r *Run) CPU(flow, round int) time.Duration { return r.cpu.PerMessage(flow, round) }

// Damage says where the run's file ends, and what there could not be read; "" if
// the file is whole.
func (r *Run) Damage() string { return r.damaged }

// Astray says in what the intervals of a file that has its end are not what its totals are
// made of; "" if they are.
func (r *Run) Astray() string { return r.astray }

// Unwritten is why the run's file is not whole; nil if it is.
func (r *Run) Unwritten() error { return r.unwritten }

// LongestGap is the longest time in which none of the runs that were merged into
// this one was at work.
func (r *Run) LongestGap() time.Duration {
	var longest time.Duration
	for _, d := range r.gaps {
		longest = max(longest, d)
	}
	return longest
}

// Width is how many seconds each of Intervals has; of a run that Read has read, the
// longest of them.
func (r *Run) Width() int64 { return max(1, r.width) }

// End is when the last interval ended.
func (r *Run) End() sample.Instant { return r.end }

func compareSeries(a, b sample.Series) int {
	return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Round, b.Round), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.LoadStage, b.LoadStage))
}

// A Window is from when to when a stage of a flow's round lasted.
type Window struct{ From, To sample.Instant }

// Length is how long the window is.
func (w Window) Length() time.Duration { return w.To.Sub(w.From) }

// Common is how much of the window lies within another.
func (w Window) Common(o Window) time.Duration {
	return max(0, Window{max(w.From, o.From), min(w.To, o.To)}.Length())
}

// union is the window from the start of the earlier to the end of the later. An
// empty window adds nothing.
func (w Window) union(o Window) Window {
	switch {
	case w.Length() <= 0:
		return o
	case o.Length() <= 0:
		return w
	}
	return Window{min(w.From, o.From), max(w.To, o.To)}
}

// Window is when a stage of a flow's round lasted; empty if it did not begin.
func (r *Run) Window(s sample.Series) Window { return r.windows[s] }

// Windows are all windows of the run, in no order.
func (r *Run) Windows() iter.Seq2[sample.Series, Window] { return maps.All(r.windows) }
