package loadgen

import (
	"crypto/tls"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// backlogGrace is how long after the end of an open load the arrivals still
// waiting for a free session are served. Leaving them out at once would hide
// the longest waits; serving all could take for ever.
const backlogGrace = 10 * time.Second

// lostAfter is how long every connection of a flow has to fail before its
// target counts as lost.
const lostAfter = 5 * time.Second

// A flowRun is one round of a flow in one shard.
type flowRun struct {
	shard   *shard
	flow    *Flow
	index   int // of the flow in the plan
	round   int
	load    policy
	source  *mail.Source
	totals  *flowTotals
	tls     *tls.Config
	targets []destination
	prefer  int // of targets, what answered last

	stage     sample.Stage
	steadyAt  time.Duration // end of the warm-up
	endAt     time.Duration // end of the load; never where its end is not a time
	endedAt   time.Duration // when it ended
	cutAt     time.Duration // end of the patience with what is under way
	stageFrom sample.Instant

	speech  smtpwire.Options // the flow's, and what no text of the run may say
	curious smtpwire.Options // those, and to keep the server's greeting

	live []*session // with a connection, or about to have one
	idle idleList   // ready and waiting for a message
	free []*session // to use again

	up          int           // connections established
	aliveAt     time.Duration // when the server was last heard
	failures    int           // connects failed since
	failedClass sample.Class
	gone        bool // the target is lost
	spoken      bool // the server has said a banner
	enough      bool // Options.More has ended the load
}

// A policy is what makes a load closed or open.
type policy interface {
	// start begins the load.
	start(now time.Duration)
	// step begins what is due.
	step(now time.Duration)
	// next is when the next thing is due.
	next() time.Duration
	// ended tells whether the load proper is over, apart from its duration.
	ended() bool
	// idle tells whether nothing is left to begin.
	idle() bool
	// message is called when s is ready for its next message, and sends it,
	// quits or leaves s idle.
	message(s *session)
	// messageEnded is called when a message has its outcome.
	messageEnded(series sample.Series)
	// wake is called when a session that slept may connect.
	wake(s *session)
	// more tells whether s, ready while the load is ending, has a message to
	// send all the same.
	more(s *session) bool
	// finished is called when a session is over: to retire it, or dial again.
	finished(s *session)
	// abandon gives up what has not begun.
	abandon()
}

func newFlowRun(s *shard, index, round int, t target) *flowRun {
	flow := &s.plan.Flows[index]
	f := &flowRun{
		shard: s, flow: flow, index: index, round: round, source: s.engine.sources[index], tls: s.engine.tls[index],
		totals: &s.totals[index], targets: destinations(&flow.Target, t.addrs), endAt: never, cutAt: never, speech: flow.Session.Wire,
	}
	f.speech.Secrets = s.engine.secrets
	f.curious = f.speech
	f.curious.Capture = true
	f.prefer = max(0, slices.IndexFunc(f.targets, func(d destination) bool { return d.TCP == f.totals.answered }))
	if flow.Load.Open() {
		f.load = newOpenLoad(f)
	} else {
		f.load = newClosedLoad(f)
	}
	if t.err != nil {
		f.unresolved(t.err)
	} else if t.took > 0 && s.index == 0 {
		s.recorder.Service(f.series(sample.Steady), sample.Resolve, t.took)
	}
	return f
}

// greetings is how many sessions of a round keep what the server at an address
// introduces itself with. Keeping it allocates, so not all do; servers that
// share an address take turns, so one is not enough.
const greetings = 16

// wire is how a session to d speaks.
func (f *flowRun) wire(d *destination) *smtpwire.Options {
	if d.curious < greetings {
		d.curious++
		return &f.curious
	}
	return &f.speech
}

// answered notes which of the targets did. The sessions that follow begin with
// it, in later rounds too: with one that is silent, each would wait for nothing
// first.
func (f *flowRun) answered(target int) {
	f.prefer, f.totals.answered = target, f.targets[target].TCP
}

// unresolved ends the flow before it began: there is nowhere to connect to.
func (f *flowRun) unresolved(err error) {
	f.gone = true
	if f.shard.index != 0 {
		return
	}
	class, text := Cause(err, sample.Resolve)
	r, s := f.shard.recorder, f.series(sample.Steady)
	r.Session(s, sample.SessionStarted)
	r.Failure(s, &sample.Failure{Phase: sample.Resolve, Class: class, Text: text})
	r.Message(s, sample.Failed, sample.Steady, 0, 0)
	r.Session(s, sample.SessionFailed)
	f.shard.lost = append(f.shard.lost, fmt.Sprintf("%s: %s", f.flow.Name, text))
}

func (f *flowRun) series(stage sample.Stage) sample.Series {
	return sample.Series{Flow: f.index, Round: f.round, Stage: min(stage, sample.Steady)}
}

func (f *flowRun) start() {
	wall, now := f.shard.driver.Recent()
	f.stageFrom, f.aliveAt = wall, now
	f.steadyAt = now + f.shard.plan.Warmup
	if d := f.flow.Load.Duration; d > 0 && !f.flow.Load.Open() {
		f.endAt = f.steadyAt + d
	}
	if f.shard.plan.Warmup == 0 {
		f.stage = sample.Steady
	}
	if f.gone {
		f.end(now)
		return
	}
	f.load.start(now)
}

// turnIfDue goes to the next stage when it is time.
func (f *flowRun) turnIfDue(now time.Duration) {
	if f.stage == sample.Warmup && now >= f.steadyAt {
		f.turn(sample.Steady)
	}
	if f.stage == sample.Steady && (now >= f.endAt || f.load.ended()) {
		f.end(now)
	}
}

// step begins what is due, and gives up what is hopeless.
func (f *flowRun) step(now time.Duration) {
	f.watchTarget(now)
	f.load.step(now)
	if now >= f.cutAt {
		f.cancel("the load had ended")
	}
}

// next is when step has something to do, apart from what is due.
func (f *flowRun) next() time.Duration {
	next := f.cutAt
	switch f.stage {
	case sample.Warmup:
		next = min(next, f.steadyAt)
	case sample.Steady:
		next = min(next, f.endAt)
		if f.load.ended() {
			next = 0
		}
	}
	return next
}

// over tells whether nothing is under way any more.
func (f *flowRun) over() bool {
	return f.stage == sample.Drain && len(f.live) == 0 && f.load.idle()
}

// turn goes to the next stage.
func (f *flowRun) turn(stage sample.Stage) {
	wall, _ := f.shard.driver.Recent()
	f.shard.recorder.Window(sample.Series{Flow: f.index, Round: f.round, Stage: f.stage}, f.stageFrom, wall)
	f.stage, f.stageFrom = stage, wall
}

// end ends the load: what is under way is finished, and nothing new begins but
// what was due.
func (f *flowRun) end(now time.Duration) {
	if f.stage == sample.Drain {
		return
	}
	f.lostAtEnd(now)
	f.turn(sample.Drain)
	t := f.flow.Timeouts
	f.endedAt, f.cutAt = now, now+backlogGrace+t.command()+t.body()
	for i := len(f.live) - 1; i >= 0; i-- {
		f.live[i].loadEnded()
	}
}

// interrupt ends the load before its time; with now set, what is under way too.
func (f *flowRun) interrupt(now bool) {
	_, mono := f.shard.driver.Recent()
	f.end(mono)
	f.load.abandon()
	if now {
		f.cancel("stopped")
	}
}

// cancel breaks off everything.
func (f *flowRun) cancel(why string) {
	f.load.abandon()
	for i := len(f.live) - 1; i >= 0; i-- {
		f.live[i].cancel(why)
	}
}

func (f *flowRun) finish() { f.turn(sample.Drain) }

// watchTarget ends a flow whose server does not answer connects any more.
func (f *flowRun) watchTarget(now time.Duration) {
	if f.up > 0 || f.failures == 0 || f.stage == sample.Drain {
		return
	}
	patience := lostAfter
	if f.failedClass == sample.ConnectTimeout {
		patience = 2*f.flow.Timeouts.connect() + time.Second
	}
	if now-f.aliveAt > patience {
		f.lose(now)
		f.end(now)
		f.load.abandon()
	}
}

// lostAtEnd notes a target that was lost too shortly before the load's end for
// watchTarget.
func (f *flowRun) lostAtEnd(now time.Duration) {
	if f.up == 0 && f.failures > 0 && now-f.aliveAt > time.Second {
		f.lose(now)
	}
}

func (f *flowRun) lose(now time.Duration) {
	if f.gone {
		return
	}
	f.gone = true
	since := f.aliveAt - (f.steadyAt - f.shard.plan.Warmup)
	f.shard.lost = append(f.shard.lost, fmt.Sprintf("%s: no connection succeeded in the last %s (%s), from %s into the flow's load",
		f.flow.Name, (now-f.aliveAt).Round(100*time.Millisecond), f.failedClass, since.Round(100*time.Millisecond)))
}

// mayBegin asks whether the load proper goes on with another message.
func (f *flowRun) mayBegin() bool {
	more := f.shard.engine.options.More
	if more == nil || f.enough {
		return !f.enough
	}
	f.enough = !more()
	// What is sent next is stamped by the last reading of the clock, and that
	// was before the question.
	f.shard.driver.Now()
	return !f.enough
}

// enlist gives out a session that does nothing yet.
func (f *flowRun) enlist() *session {
	var s *session
	if n := len(f.free); n > 0 {
		s, f.free = f.free[n-1], f.free[:n-1]
	} else {
		s = &session{flow: f, heapAt: -1, wakeAt: never}
	}
	s.liveAt = len(f.live)
	f.live = append(f.live, s)
	return s
}

// retire takes an ended session out. It may be used again for another.
func (f *flowRun) retire(s *session) {
	last := f.live[len(f.live)-1]
	f.live[s.liveAt], last.liveAt = last, s.liveAt
	f.live[len(f.live)-1] = nil
	f.live = f.live[:len(f.live)-1]
	f.shard.timers.drop(s)
	f.free = append(f.free, s)
}

// alive notes that the server was heard.
func (f *flowRun) alive() {
	_, f.aliveAt = f.shard.driver.Recent()
	f.failures = 0
}

// unreached notes that a session got no connection.
func (f *flowRun) unreached(class sample.Class) {
	f.failures++
	f.failedClass = class
}

func (f *flowRun) opened() {
	f.totals.open++
	f.totals.peak = max(f.totals.peak, f.totals.open)
}

// The limits, with their defaults.

func (t Timeouts) connect() time.Duration { return orDefault(t.Connect, 5*time.Second) }
func (t Timeouts) tls() time.Duration     { return orDefault(t.TLS, 5*time.Second) }
func (t Timeouts) command() time.Duration { return orDefault(t.Command, 30*time.Second) }
func (t Timeouts) body() time.Duration    { return orDefault(t.Body, 60*time.Second) }

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// idleList holds sessions waiting for a message, the longest waiting first, so
// that all connections of a pool are used.
type idleList struct {
	first, last *session
	count       int
}

func (l *idleList) add(s *session) {
	s.idle, s.before, s.after = true, l.last, nil
	if l.last != nil {
		l.last.after = s
	} else {
		l.first = s
	}
	l.last = s
	l.count++
}

func (l *idleList) remove(s *session) {
	if !s.idle {
		return
	}
	if s.before != nil {
		s.before.after = s.after
	} else {
		l.first = s.after
	}
	if s.after != nil {
		s.after.before = s.before
	} else {
		l.last = s.before
	}
	s.idle, s.before, s.after = false, nil, nil
	l.count--
}
