package loadgen

import (
	"math/rand/v2"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// closedLoad keeps a number of sessions busy: each starts its next message
// when the last is done, and the next connection when the last is over.
type closedLoad struct {
	flow  *flowRun
	fixed bool  // an amount of messages is set
	left  int64 // of that amount, not taken yet
	taken int64 // messages taken and not ended yet
	rand  *rand.Rand
}

func newClosedLoad(f *flowRun) *closedLoad {
	l := &closedLoad{flow: f, fixed: f.flow.Load.Messages > 0}
	if f.shard.share(int64(f.flow.Load.Sessions)) > 0 {
		// The first so many shards have a session, and the messages are theirs.
		l.left = share(f.flow.Load.Messages, f.shard.index, min(f.shard.count, f.flow.Load.Sessions))
	}
	seed := f.shard.plan.seedFor(f.flow.Name, f.round)
	l.rand = rand.New(rand.NewPCG(seed, uint64(f.shard.index)))
	return l
}

func (l *closedLoad) start(now time.Duration) {
	all := int64(l.flow.flow.Load.Sessions)
	for i := range l.flow.shard.share(all) {
		after := time.Duration(float64(l.flow.flow.Load.Ramp) * float64(l.flow.shard.global(i)) / float64(all))
		l.flow.enlist().sleep(now + after)
	}
}

func (l *closedLoad) step(time.Duration)   {}
func (l *closedLoad) next() time.Duration  { return never }
func (l *closedLoad) ended() bool          { return (l.fixed && l.left == 0 || l.flow.enough) && l.taken == 0 }
func (l *closedLoad) idle() bool           { return true }
func (l *closedLoad) abandon()             {}
func (l *closedLoad) more(s *session) bool { return false }

// take takes a message of what is to be sent, and tells whether there was one.
// The warm-up's messages come on top.
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

// dial connects s, with a message in mind: without one left it ends.
func (l *closedLoad) dial(s *session) {
	if l.flow.stage == sample.Drain || !l.take() {
		l.flow.retire(s)
		return
	}
	s.dial(l.flow.series(l.flow.stage))
	s.owes = true
}

func (l *closedLoad) message(s *session) {
	stage := l.flow.stage
	if owed := s.owes && (s.series.Stage == stage); !owed && !l.take() {
		s.owes = false
		s.quit()
		return
	}
	s.owes = false
	s.send(l.flow.series(stage))
}

// messageEnded gives the room of a message back.
func (l *closedLoad) messageEnded(series sample.Series) {
	if series.Stage == sample.Steady && l.taken > 0 {
		l.taken--
	}
}

// finished connects again: at once after a session that did some work, and
// after a while otherwise, since a server that refuses is not helped by being
// asked faster.
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
