package loadgen

import (
	"math/rand/v2"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A closedLoad keeps a number of sessions busy. Each starts its next message when
// the last is done, and its next connection when the last is over.
type closedLoad struct {
	flow  *flowRun
	place deal
	fixed bool  // the number of messages is set
	left  int64 // messages of that number that are not taken yet
	taken int64 // messages taken and not ended yet
	sent  int64 // messages of that number that have their own number
	begun int64 // sessions that have
	rand  *rand.Rand
	_     apart
}

func newClosedLoad(f *flowRun) *closedLoad {
	// If there are fewer sessions than shards, only the first shards have one, and
	// they share the messages.
	l := &closedLoad{flow: f, fixed: f.flow.Load.Messages > 0, place: f.shard.place.among(f.flow.Load.Sessions)}
	l.left = l.place.share(f.flow.Load.Messages)
	seed := f.shard.plan.seedFor(f.flow.Name, f.round)
	l.rand = rand.New(rand.NewPCG(seed, uint64(l.place.index)))
	return l
}

// messageNumber counts the messages of a fixed number from 0 through all rounds, and
// those of the warm-ups after them. How many of those there are is not known ahead.
func (l *closedLoad) messageNumber(_ *session, stage sample.Stage) int64 {
	totals, load := l.flow.totals, &l.flow.flow.Load
	switch {
	case !l.fixed:
		totals.messages++
		return l.place.number(totals.messages - 1)
	case stage == sample.Warmup:
		totals.warmups++
		return load.Messages*int64(max(1, l.flow.shard.plan.Rounds)) + l.place.number(totals.warmups-1)
	}
	l.sent++
	return load.Messages*int64(l.flow.round) + l.place.number(l.sent-1)
}

// sessionNumber lets the sessions of a round begin at the next number: the one after
// the sessions that are open at once or, if each sends a single message, after all of
// the round before.
func (l *closedLoad) sessionNumber(*session) int64 {
	load := &l.flow.flow.Load
	round := int64(load.Sessions)
	if l.fixed && l.flow.flow.Session.Messages == 1 {
		round = load.Messages
	}
	l.begun++
	return round*int64(l.flow.round) + l.place.number(l.begun-1)
}

func (l *closedLoad) start(now time.Duration) {
	all := int64(l.flow.flow.Load.Sessions)
	for i := range l.place.share(all) {
		after := time.Duration(float64(l.flow.flow.Load.Ramp) * float64(l.place.number(i)) / float64(all))
		l.flow.enlist().sleep(now + after)
	}
}

func (l *closedLoad) beginDue(time.Duration)  {}
func (l *closedLoad) next() time.Duration     { return never }
func (l *closedLoad) ended() bool             { return (l.fixed && l.left == 0 || l.flow.enough) && l.taken == 0 }
func (l *closedLoad) idle() bool              { return true }
func (l *closedLoad) abandon()                {}
func (l *closedLoad) hasMore(s *session) bool { return false }

// take takes one of the messages to send, and tells whether there was one. The
// messages of the warm-up do not count.
func (l *closedLoad) take() bool {
	switch {
	case l.flow.stage == sample.Warmup:
		return true
	case l.fixed && l.left == 0, !l.flow.mayBegin():
		return false
	}
	l.left--
	l.taken++
	return true
}

// wake connects a session whose pause is over.
func (l *closedLoad) wake(s *session) { l.dial(s) }

// dial connects s to send a message. If there is none left to send, s ends.
func (l *closedLoad) dial(s *session) {
	if l.flow.stage == sample.Drain || !l.take() {
		l.flow.retire(s)
		return
	}
	s.dial(l.flow.series(l.flow.stage))
	s.promised = true
}

func (l *closedLoad) message(s *session) {
	stage := l.flow.stage
	if owed := s.promised && (s.series.Stage == stage); !owed && !l.take() {
		s.promised = false
		s.quit()
		return
	}
	s.promised = false
	s.send(l.flow.series(stage))
}

// messageEnded notes that a message taken has ended.
func (l *closedLoad) messageEnded(series sample.Series) {
	if series.Stage == sample.Steady && l.taken > 0 {
		l.taken--
	}
}

// finished connects again: at once if a message of the session was accepted, and
// after a pause otherwise, so that a server that refuses is not asked faster and
// faster.
func (l *closedLoad) finished(s *session) {
	if l.flow.stage == sample.Drain {
		l.flow.retire(s)
		return
	}
	if s.worked {
		s.streak = 0
		l.dial(s)
		return
	}
	wait := min(time.Second, 50*time.Millisecond<<min(s.streak, 5))
	s.streak++
	_, now := l.flow.shard.driver.Recent()
	s.sleep(now + wait/2 + time.Duration(l.rand.Int64N(int64(wait))))
}

var _ policy = (*closedLoad)(nil)
