package record

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Progress is how far a run is after one of its intervals, for a display.
type Progress struct {
	Started time.Time     // when the run did
	Elapsed time.Duration // since then
	Length  time.Duration // of the interval
	Flows   []FlowProgress

	// Of the interval, as in figures.Generator: the share of time (0 to 1) that
	// the busiest shard's thread was on a CPU, and the share of the time it
	// wanted one in which it had none.
	BusyShare, DeniedShare float64

	// The server's own side; nil if nobody has looked at it, or asked anything yet.
	Server  *ServerProgress
	Queries []QueryProgress

	// Agents is how many agents a fleet has, Silent and Lost how many of them are so. The
	// coordinator fills them in; 0 for a run on this machine.
	Agents, Silent, Lost int
	Parts                []AgentProgress // of the fleet, in the order of the agents' numbers
}

// An AgentProgress is one agent's part of a Progress. It is valid during the call that it is
// passed to.
type AgentProgress struct {
	Accepted int64 // messages accepted in the interval, as in FlowProgress
	SoFar    int64 // messages accepted so far, without the warm-up

	// The coordinator fills these in.
	Name, Host string
	Silent     bool // nothing is heard of it now; it is not lost yet
	Lost       bool // it has been silent for long, or its part cannot get whole

	Times []*histogram.Histogram // so far, as Agent.Times
}

// AllTimes are the message times of all flows together; nil if there are none.
func (a *AgentProgress) AllTimes() *histogram.Histogram {
	if len(a.Times) == 1 {
		return a.Times[0]
	}
	return histogram.Merged(a.Times...)
}

// A FlowProgress is one flow's part of a Progress. Histograms and maps in it are
// valid during the call that it is passed to.
type FlowProgress struct {
	Name     string
	Begun    bool // there are samples of the flow
	Stage    sample.Stage
	Open     int   // sessions
	Due      int64 // arrivals due in the interval; open load only
	Started  int64 // arrivals begun in the interval; open load only
	Accepted int64 // messages accepted in the interval

	// Ended is the stage of the flow that ended last; nil if none has ended yet.
	// The plan says what follows it.
	Ended *StageEnd

	// Message is the message span so far, the warm-up included: response time
	// under open load, service time otherwise.
	Message *histogram.Histogram
	Errors  map[sample.Class]int64 // so far, the warm-up included, and without the rejections that the flow expects

	FlowCounts
	added []*tally.Total // in the interval, without the warm-up; two if a round ended
}

// A StageEnd says when a stage of a flow's round ended, that of the drain included.
type StageEnd struct {
	Round int // from 0
	Stage sample.Stage
	At    time.Duration // since the run's start
}

// FlowCounts are what a flow has come to so far. Like the flow's figures they leave
// out the warm-up, and after the last interval they are the same.
type FlowCounts struct {
	Sessions   tally.SessionCounts
	Messages   tally.MessageCounts
	Recipients tally.RecipientCounts
	Arrivals   *tally.ArrivalCounts // open load only
	Warmup     tally.MessageCounts  // apart from all else
	Failures   []tally.FailureCount
}

// Added returns the times of a phase that the interval added, without the warm-up;
// nil if there are none.
func (f *FlowProgress) Added(p sample.Phase, part sample.Part) *histogram.Histogram {
	return f.addedTo(tally.SlotOf(p, part))
}

// AddedLate returns what the interval added to the Late of figures.Generator.
func (f *FlowProgress) AddedLate() *histogram.Histogram { return f.addedTo(tally.LateSlot) }

// AddedDelay returns what the interval added to the Delay of figures.Generator.
func (f *FlowProgress) AddedDelay() *histogram.Histogram { return f.addedTo(tally.DelaySlot) }

// AddedOwn returns what the interval added to the Own of figures.Generator.
func (f *FlowProgress) AddedOwn() *histogram.Histogram { return f.addedTo(tally.OwnSlot) }

func (f *FlowProgress) addedTo(slot tally.Slot) *histogram.Histogram {
	if len(f.added) == 1 {
		return f.added[0].Hists[slot]
	}
	var hs []*histogram.Histogram
	for _, t := range f.added {
		hs = append(hs, t.Hists[slot])
	}
	return histogram.Merged(hs...)
}

// A flowState is what the next FlowProgress of a flow is made from. It keeps no
// histogram of a phase, which the run does already.
type flowState struct {
	begun          bool
	stage          sample.Stage
	message        *histogram.Histogram
	errors         map[sample.Class]int64
	gauge          Gauge // at the end of the interval before
	steady, warmup tally.Counts
	failures       tally.Failures
	added          []*tally.Total
	ended          *StageEnd
}

// noteEnd notes that a stage has ended. Shards end it one after the other.
func (s *flowState) noteEnd(e StageEnd) {
	if s.ended == nil || cmp.Or(cmp.Compare(e.Round, s.ended.Round), cmp.Compare(e.Stage, s.ended.Stage), cmp.Compare(e.At, s.ended.At)) > 0 {
		s.ended = &e
	}
}

// add adds what a series came to in the interval.
func (s *flowState) add(t *tally.Total, stage sample.Stage, h *FlowHeader) {
	if !s.begun {
		s.begun, s.message, s.errors, s.failures = true, histogram.New(), map[sample.Class]int64{}, tally.Failures{}
	}
	s.stage = stage
	s.message.Merge(t.Hists[tally.SlotOf(sample.SpanMessage, h.Load().Judged())])
	t.Failures.ByClass(s.errors, h.Expect)
	if stage == sample.Warmup {
		s.warmup.Add(&t.Counts)
		return
	}
	s.steady.Add(&t.Counts)
	s.failures.Merge(t.Failures)
	s.added = append(s.added, t)
}

// counts are the flow's, whose gauge is g.
func (s *flowState) counts(g Gauge, load sample.LoadKind) FlowCounts {
	c := &s.steady
	out := FlowCounts{
		Sessions: c.Sessions(g.Peak), Messages: c.Messages(), Recipients: c.Recipients(),
		Warmup: s.warmup.Messages(), Failures: s.failures.Figures(),
	}
	if load == sample.OpenLoad {
		out.Arrivals = &tally.ArrivalCounts{Due: g.Due, Begun: g.Begun}
	}
	return out
}

// A reporter passes on how far a run is.
type reporter struct {
	header     *Header
	flows      []flowState
	onInterval func(*Progress) // nil if nobody wants it
	seen       *lookout
}

func newReporter(h *Header, onInterval func(*Progress), seen *lookout) reporter {
	return reporter{h, make([]flowState, len(h.Flows)), onInterval, seen}
}

func (r *reporter) sinceStart(t sample.Instant) time.Duration {
	return t.Sub(sample.Instant(r.header.Started.UnixNano()))
}

// report passes on how far the run is after a frame. peaks are the flows' gauges with
// the most sessions of the run, parts those of the agents of a fleet.
func (r *reporter) report(f *frame, peaks []Gauge, parts []AgentProgress) {
	if r.onInterval == nil {
		return
	}
	cpu := tally.Processors{}
	cpu.Add(f.processor())
	p := &Progress{
		Started: r.header.Started,
		Elapsed: r.sinceStart(f.to), Length: f.to.Sub(f.from),
		Flows:     make([]FlowProgress, len(r.flows)),
		BusyShare: cpu.Busiest(), DeniedShare: cpu.Denied(), Parts: parts,
	}
	for i := range r.flows {
		r.flows[i].added = r.flows[i].added[:0]
	}
	for _, s := range f.ordered() {
		r.flows[s.Flow].add(f.series[s], s.Stage, &r.header.Flows[s.Flow])
		p.Flows[s.Flow].Accepted += f.series[s].Outcomes[sample.Accepted]
	}
	for _, w := range f.windows {
		r.flows[w.series.Flow].noteEnd(StageEnd{w.series.Round, w.series.Stage, r.sinceStart(w.to)})
	}
	for i := range p.Flows {
		r.flows[i].fill(&p.Flows[i], f.gauges[i], peaks[i], &r.header.Flows[i])
	}
	r.seen.fill(p)
	r.onInterval(p)
}

// fill fills in a flow's progress, with its gauge now and the one that has the most
// sessions of the run.
func (s *flowState) fill(p *FlowProgress, now, peak Gauge, h *FlowHeader) {
	// An agent's file may say anything: nothing is due, or begins, less than not at all.
	p.Name, p.Open, p.Due, p.Started = h.Name, now.Open, max(0, now.Due-s.gauge.Due), max(0, now.Begun-s.gauge.Begun)
	p.Begun, p.Stage, p.Message, p.Errors = s.begun, s.stage, s.message, s.errors
	p.FlowCounts, p.added, p.Ended = s.counts(peak, h.Load()), s.added, s.ended
	s.gauge = now
}

// A ServerProgress is what was seen of the server's processes so far, the warm-up
// included.
type ServerProgress struct {
	Last  tally.ServerSample // the latest look
	SoFar tally.ServerSample // all looks put together
}

// A QueryProgress is what a query about the server says.
type QueryProgress struct {
	Name   string
	Value  *float64 // the latest answer; nil if that is none, or there has been none
	Missed int64    // times so far that there was no answer
}

// A lookout keeps what was last seen of the server's own side, for a Progress. The zero
// value has seen nothing.
type lookout struct {
	mu      sync.Mutex
	server  *ServerProgress
	queries []QueryProgress // in the order of their names
}

func (l *lookout) looks(s *tally.ServerSample) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		l.server = &ServerProgress{Last: *s, SoFar: *s}
		return
	}
	l.server.Last = *s
	l.server.SoFar.Join(s)
}

func (l *lookout) answered(a *tally.Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, known := slices.BinarySearchFunc(l.queries, a.Query, func(q QueryProgress, name string) int { return strings.Compare(q.Name, name) })
	if !known {
		l.queries = slices.Insert(l.queries, i, QueryProgress{Name: a.Query})
	}
	q := &l.queries[i]
	q.Value = a.Value
	if a.Value == nil {
		q.Missed++
	}
}

// fill puts what was seen into a progress, whose reader may keep it.
func (l *lookout) fill(p *Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server != nil {
		p.Server = new(*l.server)
	}
	p.Queries = slices.Clone(l.queries)
}
