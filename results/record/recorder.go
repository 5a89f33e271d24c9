package record

import (
	"net/netip"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A recorder is one shard's sample.Recorder. Samples go into the batch of the
// current interval, without locks. Tick gives the batch to the collector for an
// empty one, or goes on with it if the collector is not ready.
type recorder struct {
	collector *Collector
	current   *batch
	recent    [16]recentTally
	reached   []int // by flow: the stage that its load has come to
}

// A recentTally is the tally of a series that was used lately. A session and its
// messages may be of different series, and so may arrivals that were due earlier
// and those due now: each has a place of its own, mostly.
type recentTally struct {
	series sample.Series
	tally  *tally.Tally
}

// place is the index in recent of a series.
func place(s sample.Series) int { return (4*s.Flow + 2*s.LoadStage + int(s.Stage)) & 15 }

// A batch is what one shard recorded in one interval, or in several if the
// collector has fallen behind.
type batch struct {
	tallies   map[sample.Series]*tally.Tally
	spare     []*tally.Tally // empty, to use again
	pages     histogram.PagePool
	reached   bool // a load came to another of its stages
	windows   []windowEntry
	greetings []greetingEntry
	visits    []visitsEntry
	tick      sample.Tick
}

type windowEntry struct {
	series   sample.Series
	from, to sample.Instant
}

func newBatch() *batch { return &batch{tallies: map[sample.Series]*tally.Tally{}} }

// reset empties the batch and keeps its memory.
func (b *batch) reset() {
	for s, t := range b.tallies {
		t.Reset()
		b.spare = append(b.spare, t)
		delete(b.tallies, s)
	}
	b.windows, b.greetings, b.visits, b.tick = b.windows[:0], b.greetings[:0], b.visits[:0], sample.Tick{}
	b.reached = false
}

// of returns the tally of a series in the current batch.
func (r *recorder) of(s sample.Series) *tally.Tally {
	known := &r.recent[place(s)]
	if known.tally != nil && s == known.series {
		return known.tally
	}
	b := r.current
	t := b.tallies[s]
	if t == nil {
		if n := len(b.spare); n > 0 {
			t, b.spare = b.spare[n-1], b.spare[:n-1]
		} else {
			t = &tally.Tally{Failures: tally.Failures{}, Pages: &b.pages}
		}
		b.tallies[s] = t
	}
	*known = recentTally{s, t}
	return t
}

func (r *recorder) Service(s sample.Series, p sample.Phase, d time.Duration) {
	r.of(s).Record(tally.SlotOf(p, sample.Service), d)
}

func (r *recorder) Response(s sample.Series, span sample.Phase, d time.Duration) {
	r.of(s).Record(tally.SlotOf(span, sample.Response), d)
}

func (r *recorder) Lag(s sample.Series, span sample.Phase, d time.Duration) {
	r.of(s).Record(tally.SlotOf(span, sample.Lag), d)
}

func (r *recorder) Late(s sample.Series, d time.Duration)  { r.of(s).Record(tally.LateSlot, d) }
func (r *recorder) Delay(s sample.Series, d time.Duration) { r.of(s).Record(tally.DelaySlot, d) }
func (r *recorder) Own(s sample.Series, d time.Duration)   { r.of(s).Record(tally.OwnSlot, d) }
func (r *recorder) Unfinished(s sample.Series, d time.Duration) {
	r.of(s).Record(tally.UnfinishedSlot, d)
}
func (r *recorder) Unstamped(s sample.Series) { r.of(s).Unstamped++ }

func (r *recorder) Message(s sample.Series, o sample.Outcome, now sample.Stage, accepted, rejected int) {
	t := r.of(s)
	t.Outcomes[o]++
	t.RcptAccepted += int64(accepted)
	t.RcptRejected += int64(rejected)
	if o != sample.Accepted || now != sample.Steady {
		return
	}
	// Throughput counts what ends while the load lasts. That includes what began
	// in the warm-up, as what is under way at the end does not count.
	s.Stage, s.LoadStage = sample.Steady, r.reached[s.Flow]
	r.of(s).InWindow++
}

func (r *recorder) Reach(s sample.Series) {
	r.reached[s.Flow], r.current.reached = s.LoadStage, true
}

func (r *recorder) Expected(s sample.Series) { r.of(s).Expected++ }

func (r *recorder) Unknown(s sample.Series, recipients int) {
	r.of(s).RcptUnknown += int64(recipients)
}

func (r *recorder) Session(s sample.Series, e sample.SessionEvent) {
	t := r.of(s)
	switch e {
	case sample.SessionStarted:
		t.Started++
	case sample.SessionCompleted:
		t.Completed++
	case sample.SessionFailed:
		t.FailedSession++
	case sample.SessionCanceled:
		t.CanceledSession++
	}
}

func (r *recorder) Greeting(s sample.Series, from netip.Addr, g *sample.Greeting) {
	r.current.greetings = append(r.current.greetings, greetingEntry{s.Flow, tally.NewGreeting(from, g)})
}

func (r *recorder) Visits(s sample.Series, at netip.Addr, v sample.Visits) {
	if s.Stage == sample.Steady {
		r.current.visits = append(r.current.visits, visitsEntry{s.Flow, at, v})
	}
}

func (r *recorder) Failure(s sample.Series, f *sample.Failure) {
	r.of(s).Failures.Count(f)
}

func (r *recorder) Window(s sample.Series, from, to sample.Instant) {
	r.current.windows = append(r.current.windows, windowEntry{s, from, to})
}

func (r *recorder) Tick(t sample.Tick) {
	b := r.current
	b.tick = joinTicks(b.tick, t)
	if empty, taken := r.collector.swap(b, &t); taken {
		r.current, r.recent = empty, [16]recentTally{}
	}
}

// joinTicks makes one tick of two, the later one second. The zero Tick adds nothing.
func joinTicks(t, next sample.Tick) sample.Tick {
	if t.To == 0 {
		return next
	}
	next.From = min(t.From, next.From)
	next.Busy += t.Busy
	next.Waited += t.Waited
	next.Stood += t.Stood
	peak := slices.Clone(t.Peak)
	for i, n := range next.Peak {
		if i < len(peak) {
			next.Peak[i] = max(n, peak[i])
		}
	}
	return next
}
