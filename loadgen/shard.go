package loadgen

import (
	"crypto/tls"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A shard runs its part of the load on the goroutine of its loop. Everything below it is
// called from there, so there are no locks.
type shard struct {
	engine   *Engine
	plan     *Plan
	index    int             // among the engine's
	place    deal            // among those of all engines
	driver   netdrive.Driver // of its loop
	recorder sample.Recorder
	tls      []*tls.Config // by flow

	timers timers
	flows  []*flowRun // of the current segment
	totals []flowTotals
	spare  []*smtpwire.Transaction // ended, to use again
	mode   int32

	offset   time.Duration // wall clock minus monotonic time
	steps    []time.Duration
	tickFrom sample.Instant
	tickAt   time.Duration // when the next tick is due
	tickCPU  time.Duration
	tickWait time.Duration
	still    standstill
	stamped  int64 // replies with a kernel stamp
	bare     int64 // replies without
	lost     []string

	_ apart
}

// apart ends what a shard writes to at each event, so that no line of a processor's cache
// has parts of two shards. A line has 64 or 128 bytes.
type apart [128]byte

// flowTotals are the counts of a flow through all its rounds.
type flowTotals struct {
	messages, warmups int64 // numbers given out
	open, peak        int
	welcome, refused  int // sessions that were greeted and are open, and the most of them when another was answered 421
	due, begun        int64
	targets           destinations
	_                 apart
}

// begin begins the shard's run. The driver is the loop's, which other shards may use too.
func (s *shard) begin(d netdrive.Driver) {
	s.driver = d
	wall, mono := d.Now()
	s.offset = time.Duration(wall) - mono
	s.tickFrom, s.tickAt = wall, mono.Truncate(time.Second)+time.Second
	s.tickCPU, s.tickWait = d.CPU(), d.RunDelay() // not 0 if the thread has worked before
	s.totals = make([]flowTotals, len(s.plan.Flows))
}

// beginSegment begins the shard's part of a segment.
func (s *shard) beginSegment(seg *segment) {
	s.readClock()
	s.flows = s.flows[:0]
	for i, flow := range seg.flows {
		s.flows = append(s.flows, newFlowRun(s, flow, seg.round, seg.targets[i]))
	}
	for _, f := range s.flows {
		f.start()
	}
	_, now := s.driver.Now()
	s.still.begin(now, s.driver)
}

// endSegment ends it, when pass says that it does not go on.
func (s *shard) endSegment() {
	for _, f := range s.flows {
		f.finish()
	}
}

// pass is one pass of the loop: it does what is due now, and tells whether the
// shard's part of the segment goes on.
func (s *shard) pass() bool {
	now := s.readClock()
	s.still.notePass(now, s.driver)
	if m := s.engine.mode.Load(); m != s.mode {
		s.mode = m
		for _, f := range s.flows {
			f.interrupt(m)
		}
	}
	for _, f := range s.flows {
		f.changeStageIfDue(now) // first: a session that wakes when the load ends must see that it has ended
	}
	for t := s.timers.due(now); t != nil; t = s.timers.due(now) {
		t.wake()
	}
	going := false
	for _, f := range s.flows {
		f.advance(now)
		going = going || !f.over()
	}
	if now >= s.tickAt {
		s.tick()
	}
	return going
}

// next returns when pass has something to do if no byte arrives before, and when
// the next arrival is due.
func (s *shard) next() (until, due time.Duration) {
	until, due = min(s.tickAt, s.timers.next()), never
	for _, f := range s.flows {
		until, due = min(until, f.next()), min(due, f.load.next())
	}
	s.still.wanted = min(until, due)
	return until, due
}

// readClock returns the monotonic time of the last event, and looks for a step of
// the wall clock, which spoils the times of replies under way. If this thread is
// paused between the readings of the two clocks, that looks like a step as well. So
// a step counts only if four readings in a row show it: the one of the last event,
// and three more.
func (s *shard) readClock() time.Duration {
	wall, mono := s.driver.Recent()
	step := time.Duration(wall) - mono - s.offset
	for range 3 {
		if step.Abs() < stepFloor {
			return mono
		}
		wall, mono = s.driver.Now()
		step = time.Duration(wall) - mono - s.offset
	}
	if step.Abs() < stepFloor {
		return mono
	}
	s.offset += step
	s.steps = append(s.steps, step)
	return mono
}

// stepFloor is the smallest difference between the clocks that counts as a
// step. Slewing moves both alike and never shows here.
const stepFloor = 500 * time.Microsecond

// wallAt returns what the wall clock shows at a monotonic time.
func (s *shard) wallAt(mono time.Duration) sample.Instant {
	return sample.Instant(s.offset + mono)
}

// tick reports the interval since the last tick.
func (s *shard) tick() {
	for _, f := range s.flows {
		f.reportVisits()
	}
	s.recorder.Tick(s.endInterval())
}

// lastTick reports the last interval of the shard's run.
func (s *shard) lastTick() {
	t := s.endInterval()
	t.Last = true
	s.recorder.Tick(t)
}

// endInterval ends an interval and begins the next.
func (s *shard) endInterval() sample.Tick {
	wall, mono := s.driver.Now()
	s.tickAt = mono.Truncate(time.Second) + time.Second
	cpu, wait := s.driver.CPU(), s.driver.RunDelay()
	t := sample.Tick{Shard: s.index, From: s.tickFrom, To: wall, Busy: cpu - s.tickCPU, Waited: wait - s.tickWait,
		Stood: s.still.take()}
	for i := range s.totals {
		c := &s.totals[i]
		t.Open, t.Peak = append(t.Open, c.open), append(t.Peak, c.peak)
		t.Refused = append(t.Refused, c.refused)
		t.Due, t.Begun = append(t.Due, c.due), append(t.Begun, c.begun)
		c.peak = c.open
	}
	s.tickFrom, s.tickCPU, s.tickWait = wall, cpu, wait
	return t
}

// transaction returns a used transaction, or a new one.
func (s *shard) transaction() *smtpwire.Transaction {
	if n := len(s.spare); n > 0 {
		t := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return t
	}
	return new(smtpwire.Transaction)
}

func (s *shard) release(t *smtpwire.Transaction) { s.spare = append(s.spare, t) }

// addTo adds the shard's part to the report.
func (s *shard) addTo(r *sample.Report) {
	r.Steps = append(r.Steps, s.steps...)
	if len(s.lost) > 0 {
		if r.Lost != "" {
			r.Lost += "; "
		}
		r.Lost += strings.Join(s.lost, "; ")
	}
}
