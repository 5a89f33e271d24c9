package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An openLoad begins arrivals when they are due, whatever the server does. An
// arrival that finds all sessions busy waits until its turn comes. The due time is
// a function of the arrival's number, so two numbers are the whole queue: the
// arrivals from begun to due wait.
type openLoad struct {
	flow    *flowRun
	place   deal
	before  int64          // numbers that the rounds before may have given to their arrivals
	dialed  int64          // sessions of a pool that have connected
	base    time.Duration  // when the load started
	waiting *pace.Schedule // asked for the arrivals that wait
	coming  *pace.Schedule // asked for the arrivals to come
	ahead   pace.Share     // which arrivals are this shard's, at the next one that is due
	behind  pace.Share     // the same, at the next one that begins
	begun   int64          // arrivals of this shard that have begun or were given up
	due     int64          // arrivals of this shard that were due
	nextDue time.Duration  // due time of the next arrival; never if there is none
	most    int            // sessions at once
	stages  course
	_       apart
}

func newOpenLoad(f *flowRun) *openLoad {
	load := &f.flow.Load
	stages := load.Stages
	if w := f.shard.plan.Warmup; w > 0 {
		first := stages[0].From
		stages = append([]pace.Stage{{For: w, From: first, To: first}}, stages...)
	}
	seed := f.shard.plan.seedFor(f.flow.Name, f.round)
	l := &openLoad{
		flow: f, nextDue: never, stages: newCourse(load.Stages),
		waiting: pace.New(stages, load.Process, seed), coming: pace.New(stages, load.Process, seed),
		// If there are fewer sessions than shards, the first shards have all arrivals.
		place: f.shard.place.among(load.MaxSessions),
	}
	if !l.place.none() {
		l.ahead = pace.NewShare(l.place.index, l.place.count, load.Process, seed)
		l.behind = l.ahead
	}
	l.before = int64(f.round) * l.coming.Most()
	l.most = int(l.place.share(max(1, int64(load.MaxSessions))))
	return l
}

func (l *openLoad) start(now time.Duration) {
	l.base = now
	l.flow.endAt = now + l.coming.Duration()
	l.stages.from = l.flow.steadyAt
	l.findNextDue()
}

// findNextDue sets nextDue.
func (l *openLoad) findNextDue() {
	l.nextDue = never
	if l.place.none() {
		return
	}
	if at, ok := l.coming.At(l.ahead.Number()); ok {
		l.nextDue = l.base + at
	}
}

// messageNumber makes a message's number of that of its arrival. Only if sessions
// arrive that send messages for as long as the load lasts, it counts the messages.
func (l *openLoad) messageNumber(s *session, _ sample.Stage) int64 {
	if l.flow.flow.Load.Unit == Messages {
		return s.turn
	}
	if most := int64(l.flow.flow.Session.Messages); most > 0 {
		return s.turn*most + int64(s.sent)
	}
	l.flow.totals.messages++
	return l.place.number(l.flow.totals.messages - 1)
}

// sessionNumber returns the number of the session's arrival. The sessions of a pool
// are counted, and each round begins after as many as may be open at once.
func (l *openLoad) sessionNumber(s *session) int64 {
	load := &l.flow.flow.Load
	if load.Unit == Sessions {
		return s.turn
	}
	l.dialed++
	return int64(l.flow.round)*int64(load.MaxSessions) + l.place.number(l.dialed-1)
}

func (l *openLoad) next() time.Duration {
	if l.flow.stage == sample.Drain && l.begun < l.due && l.nextDue == never {
		return l.flow.endedAt + backlogGrace
	}
	return l.nextDue
}

func (l *openLoad) ended() bool { return l.flow.enough }
func (l *openLoad) idle() bool  { return l.begun == l.due && l.nextDue == never }

// mostAtOnce is how many arrivals a pass begins, in some 10 ms: then the loop looks whether it
// is to end, however far behind it is.
const mostAtOnce = 1 << 16

func (l *openLoad) beginDue(now time.Duration) {
	l.reach(now)
	for n := 0; l.nextDue <= now && n < mostAtOnce; n++ {
		if l.seriesOf(l.nextDue).Stage == sample.Steady && !l.flow.mayBegin() {
			l.nextDue = never
			break
		}
		l.flow.shard.recorder.Late(l.seriesOf(l.nextDue), now-l.nextDue)
		l.due++
		l.ahead.Advance()
		l.flow.totals.due++
		l.findNextDue()
		l.begin()
	}
	l.begin()
	// What was due and is still to be counted comes first: none is left out.
	if l.flow.stage == sample.Drain && now >= l.flow.endedAt+backlogGrace && l.nextDue == never {
		l.abandon()
	}
}

// begin begins the arrivals that wait, in the order in which they were due, as
// long as there is a session for them.
func (l *openLoad) begin() {
	for l.begun < l.due {
		var s *session
		switch f := l.flow; {
		case f.flow.Load.Unit == Messages && f.idle.first != nil:
			s = f.idle.first
			f.idle.remove(s)
			l.assign(s)
			l.message(s)
			s.pump()
		case len(f.live) < l.most:
			s = f.enlist()
			due := l.assign(s)
			s.dial(l.seriesOf(due))
			s.promised = true
		default:
			return
		}
	}
}

// assign gives the first waiting arrival to s, and returns when it was due.
func (l *openLoad) assign(s *session) time.Duration {
	due := l.firstDue()
	s.turn = l.before + l.behind.Number()
	l.begun++
	l.behind.Advance()
	l.flow.totals.begun++
	_, now := l.flow.shard.driver.Now()
	s.arrived = l.flow.shard.wallAt(due)
	s.due = s.arrived
	s.arrival = l.seriesOf(due)
	span := sample.SpanSession
	if l.flow.flow.Load.Unit == Messages {
		span = sample.SpanMessage
	}
	l.flow.shard.recorder.Lag(s.arrival, span, max(0, now-due))
	s.promised = true
	return due
}

// firstDue returns when the first arrival that waits was due.
func (l *openLoad) firstDue() time.Duration {
	at, _ := l.waiting.At(l.behind.Number())
	return l.base + at
}

func (l *openLoad) seriesOf(due time.Duration) sample.Series {
	if due < l.flow.steadyAt {
		return l.flow.series(sample.Warmup)
	}
	s := l.flow.series(sample.Steady)
	s.LoadStage = l.stages.at(due)
	return s
}

// reach says so if the load has come to another of its stages.
func (l *openLoad) reach(now time.Duration) {
	if l.stages.reach(now) {
		s := l.flow.series(sample.Steady)
		s.LoadStage = l.stages.reached
		l.flow.shard.recorder.Reach(s)
	}
}

// message sends the message that s was given, or the next one of a session that
// has several. A session of a pool takes the first arrival that waits. If none
// does, the session waits.
func (l *openLoad) message(s *session) {
	if l.flow.flow.Load.Unit == Messages && !s.promised {
		if l.begun == l.due {
			l.flow.idle.add(s)
			return
		}
		l.assign(s)
	}
	if !s.promised {
		// The session is the arrival. It sends its messages one after the
		// other: each is due when the last has ended.
		if s.arrival.Stage == sample.Steady && !l.flow.mayBegin() {
			s.quit()
			return
		}
		s.due = s.lastEnd.Add(l.flow.flow.Session.Think)
	}
	s.promised = false
	s.send(s.arrival)
}

func (l *openLoad) messageEnded(sample.Series) {}

// hasMore tells whether s was given a message that was due before the end of the
// load, or has to send more of its messages.
func (l *openLoad) hasMore(s *session) bool {
	if s.promised {
		return true
	}
	if l.flow.flow.Load.Unit == Messages {
		return l.begun < l.due
	}
	return l.flow.shard.mode == running && l.flow.flow.Session.Messages > 0
}

func (l *openLoad) wake(*session)       {}
func (l *openLoad) finished(s *session) { l.flow.retire(s) }

// abandon records the arrivals that wait as failed.
func (l *openLoad) abandon() {
	l.nextDue = never
	for l.begun < l.due {
		series := l.seriesOf(l.firstDue())
		l.flow.shard.recorder.Failure(series, &sample.Failure{
			Phase: sample.SpanMessage, Class: sample.Canceled, Text: "was due and never began: no session was free",
		})
		l.flow.shard.recorder.Message(series, sample.Failed, l.flow.stage, 0, 0)
		l.begun++
		l.behind.Advance()
		l.flow.totals.begun++
	}
}

var _ policy = (*openLoad)(nil)
