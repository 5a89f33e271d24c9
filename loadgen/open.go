package loadgen

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// openLoad begins arrivals when they are due, whatever the server does. An
// arrival that finds all sessions busy waits its turn. Since due times are a
// function of the arrival's number, the queue is nothing but two numbers.
type openLoad struct {
	flow    *flowRun
	base    time.Duration // when the load started
	waiting *pace.Schedule
	coming  *pace.Schedule
	begun   int64         // arrivals begun or given up, of this shard
	due     int64         // arrivals that were due
	nextDue time.Duration // of arrival number due; never where there is none
	most    int           // sessions
}

func newOpenLoad(f *flowRun) *openLoad {
	load := &f.flow.Load
	stages := load.Stages
	if w := f.shard.plan.Warmup; w > 0 {
		first := stages[0].From
		stages = append([]pace.Stage{{For: w, From: first, To: first}}, stages...)
	}
	seed := f.shard.plan.seedFor(f.flow.Name, f.round)
	return &openLoad{
		flow: f, nextDue: never,
		waiting: pace.New(stages, load.Process, seed), coming: pace.New(stages, load.Process, seed),
		most: max(1, int(f.shard.share(int64(load.MaxSessions)))),
	}
}

func (l *openLoad) start(now time.Duration) {
	l.base = now
	l.flow.endAt = now + l.coming.Duration()
	l.advance()
}

// advance finds out when the next arrival is due.
func (l *openLoad) advance() {
	at, ok := l.coming.At(l.flow.shard.global(l.due))
	l.nextDue = never
	if ok {
		l.nextDue = l.base + at
	}
}

func (l *openLoad) next() time.Duration {
	if l.flow.stage == sample.Drain && l.begun < l.due {
		return l.flow.endedAt + backlogGrace
	}
	return l.nextDue
}

func (l *openLoad) ended() bool { return l.flow.enough }
func (l *openLoad) idle() bool  { return l.begun == l.due && l.nextDue == never }

func (l *openLoad) step(now time.Duration) {
	for l.nextDue <= now {
		if l.seriesOf(l.nextDue).Stage == sample.Steady && !l.flow.mayBegin() {
			l.nextDue = never
			break
		}
		l.flow.shard.recorder.Late(l.seriesOf(l.nextDue), now-l.nextDue)
		l.due++
		l.flow.totals.due++
		l.advance()
		l.begin()
	}
	l.begin()
	if l.flow.stage == sample.Drain && now >= l.flow.endedAt+backlogGrace {
		l.abandon()
	}
}

// begin begins the arrivals that wait, the first come first, as far as there
// are sessions for them.
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
			s.owes = true
		default:
			return
		}
	}
}

// assign gives the first waiting arrival to s, and returns when it was due.
func (l *openLoad) assign(s *session) time.Duration {
	due := l.dueAt(l.begun)
	l.begun++
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
	s.owes = true
	return due
}

func (l *openLoad) dueAt(k int64) time.Duration {
	at, _ := l.waiting.At(l.flow.shard.global(k))
	return l.base + at
}

func (l *openLoad) seriesOf(due time.Duration) sample.Series {
	if due < l.flow.steadyAt {
		return l.flow.series(sample.Warmup)
	}
	return l.flow.series(sample.Steady)
}

// message sends the message that s was given, or the session's next one. A
// session of a pool without one takes the first that waits, or waits itself.
func (l *openLoad) message(s *session) {
	if l.flow.flow.Load.Unit == Messages && !s.owes {
		if l.begun == l.due {
			l.flow.idle.add(s)
			return
		}
		l.assign(s)
	}
	if !s.owes {
		// A session that arrived sends its further messages one after the
		// other: each is due when the one before has ended.
		if s.arrival.Stage == sample.Steady && !l.flow.mayBegin() {
			s.quit()
			return
		}
		s.due = s.lastEnd.Add(l.flow.flow.Session.Think)
	}
	s.owes = false
	s.send(s.arrival)
}

func (l *openLoad) messageEnded(sample.Series) {}

// more lets what was due before the end be finished after it.
func (l *openLoad) more(s *session) bool {
	if s.owes {
		return true
	}
	if l.flow.flow.Load.Unit == Messages {
		return l.begun < l.due
	}
	return l.flow.shard.mode == running && l.flow.flow.Session.Messages > 0
}

func (l *openLoad) wake(*session)       {}
func (l *openLoad) finished(s *session) { l.flow.retire(s) }

// abandon gives up the arrivals that have not begun, and says so.
func (l *openLoad) abandon() {
	l.nextDue = never
	for ; l.begun < l.due; l.begun++ {
		series := l.seriesOf(l.dueAt(l.begun))
		l.flow.shard.recorder.Failure(series, &sample.Failure{
			Phase: sample.SpanMessage, Class: sample.Canceled, Text: "was due and never began: no session was free",
		})
		l.flow.shard.recorder.Message(series, sample.Failed, l.flow.stage, 0, 0)
		l.flow.totals.begun++
	}
}

var _ policy = (*openLoad)(nil)
