package loadgen

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// backlogGrace is how long after the end of an open load an arrival that waits for
// a free session may still begin. To leave them out at once would hide the longest
// waits, and to serve all of them could take for ever.
const backlogGrace = 10 * time.Second

// lostAfter is how long every connect of a flow has to fail before its target
// counts as lost.
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
	targets *destinations

	stage     sample.Stage
	steadyAt  time.Duration // end of the warm-up
	endAt     time.Duration // end of the load; never if no time is set for it
	endedAt   time.Duration // when the load ended
	cutAt     time.Duration // when the drain ends what is still under way
	stageFrom sample.Instant

	wireOptions smtpwire.Options // the flow's, with the secrets of the whole run
	capturing   smtpwire.Options // the same, with Capture set

	live []*session // with a connection, or about to have one
	idle idleList   // ready and waiting for a message
	free []*session // to use again

	up          int           // connections established
	aliveAt     time.Duration // when the server last answered
	failures    int           // failed connects since then
	failedClass sample.Class
	gone        bool // the target is lost
	bannerSeen  bool // the server has sent a banner
	enough      bool // Options.More has ended the load

	_ apart
}

// A policy decides when sessions and messages begin. Closed and open loads have
// one each.
type policy interface {
	// start begins the load.
	start(now time.Duration)
	// sessionNumber returns the number of a session that is about to connect,
	// and messageNumber that of a message that s is about to send. What has a
	// number in the plan has it in whatever shards the load is divided.
	sessionNumber(s *session) int64
	messageNumber(s *session, stage sample.Stage) int64
	// beginDue begins the arrivals that are due.
	beginDue(now time.Duration)
	// next returns when the next arrival is due.
	next() time.Duration
	// ended tells whether the load is over for another reason than its
	// duration.
	ended() bool
	// idle tells whether nothing is left to begin.
	idle() bool
	// message is called when s is ready for its next message. It sends one,
	// quits the session or leaves it idle.
	message(s *session)
	// messageEnded is called when a message has its outcome.
	messageEnded(series sample.Series)
	// wake is called when the sleep of a session is over, so that it connects.
	wake(s *session)
	// hasMore tells whether s, which is ready after the end of the load, still
	// has a message to send.
	hasMore(s *session) bool
	// finished is called when a session is over. It retires s or dials again.
	finished(s *session)
	// abandon gives up what has not begun.
	abandon()
}

func newFlowRun(s *shard, index, round int, t target) *flowRun {
	flow := &s.plan.Flows[index]
	f := &flowRun{
		shard: s, flow: flow, index: index, round: round, source: s.engine.sources[index], tls: s.tls[index],
		totals: &s.totals[index], targets: &s.totals[index].targets, endAt: never, cutAt: never, wireOptions: flow.Session.Wire,
	}
	f.wireOptions.Secrets, f.wireOptions.Lane = s.engine.secrets, s.index
	f.capturing = f.wireOptions
	f.capturing.Capture = true
	f.targets.renew(flow, t.addrs)
	if flow.Load.Open() {
		f.load = newOpenLoad(f)
	} else {
		f.load = newClosedLoad(f)
	}
	if t.err != nil {
		f.failUnresolved(t.err)
	} else if t.took > 0 && s.index == 0 {
		s.recorder.Service(f.series(sample.Steady), sample.Resolve, t.took)
	}
	return f
}

// greetings is how many sessions of a round keep the greeting of the server at an
// address. To keep it allocates memory, so not all sessions do. Several servers
// may share an address and answer in turn, so one session is not enough.
const greetings = 16

// optionsFor returns the options of a session to d.
func (f *flowRun) optionsFor(d *destination) *smtpwire.Options {
	if d.captures < greetings {
		d.captures++
		return &f.capturing
	}
	return &f.wireOptions
}

// reportVisits reports what became of sessions at each address since the last time.
func (f *flowRun) reportVisits() {
	for i := range f.targets.all {
		d := &f.targets.all[i]
		for stage := range d.visits {
			if v := &d.visits[stage]; *v != (sample.Visits{}) && d.Path == "" {
				f.shard.recorder.Visits(f.series(sample.Stage(stage)), d.TCP.Addr(), *v)
			}
		}
		d.visits = [sample.Drain]sample.Visits{}
	}
}

// failUnresolved ends a flow whose target has no address, before it begins.
func (f *flowRun) failUnresolved(err error) {
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

// changeStageIfDue goes to the next stage if it is time.
func (f *flowRun) changeStageIfDue(now time.Duration) {
	if f.stage == sample.Warmup && now >= f.steadyAt {
		f.changeStage(sample.Steady)
	}
	if f.stage == sample.Steady && (now >= f.endAt || f.load.ended()) {
		f.end(now)
	}
}

// advance begins what is due, and ends what takes too long.
func (f *flowRun) advance(now time.Duration) {
	f.watchTarget(now)
	f.load.beginDue(now)
	if now >= f.cutAt {
		f.cancel("the load had ended")
	}
}

// next returns when advance or changeStageIfDue has something to do, arrivals
// apart.
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

// changeStage ends a stage and begins the next.
func (f *flowRun) changeStage(stage sample.Stage) {
	wall, _ := f.shard.driver.Recent()
	f.shard.recorder.Window(sample.Series{Flow: f.index, Round: f.round, Stage: f.stage}, f.stageFrom, wall)
	f.stage, f.stageFrom = stage, wall
}

// end ends the load: sessions finish what is under way, and nothing new begins
// except arrivals that were due.
func (f *flowRun) end(now time.Duration) {
	if f.stage == sample.Drain {
		return
	}
	f.lostAtEnd(now)
	f.changeStage(sample.Drain)
	t := f.flow.Timeouts
	f.endedAt, f.cutAt = now, now+backlogGrace+t.command()+t.body()
	for i := len(f.live) - 1; i >= 0; i-- {
		f.live[i].endLoad()
	}
}

// interrupt ends the load before its time. If the engine is stopping, what is
// under way ends too.
func (f *flowRun) interrupt(mode int32) {
	_, now := f.shard.driver.Recent()
	f.end(now)
	f.load.abandon()
	if mode == stopping {
		f.cancel("stopped")
	}
}

// cancel ends everything that is under way.
func (f *flowRun) cancel(why string) {
	f.load.abandon()
	for i := len(f.live) - 1; i >= 0; i-- {
		f.live[i].cancel(why)
	}
}

func (f *flowRun) finish() {
	f.reportVisits()
	f.changeStage(sample.Drain)
}

// watchTarget ends a flow whose server takes no connections any more.
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

// lostAtEnd notes that the target is lost if that happened so shortly before the
// load's end that watchTarget did not wait long enough.
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
	f.shard.lost = append(f.shard.lost, fmt.Sprintf("%s: no connection succeeded in the last %.1f s (%s), from %.1f s into the flow's load",
		f.flow.Name, (now-f.aliveAt).Seconds(), f.failedClass, since.Seconds()))
}

// mayBegin asks Options.More whether another message may begin.
func (f *flowRun) mayBegin() bool {
	more := f.shard.engine.options.More
	if more == nil || f.enough {
		return !f.enough
	}
	f.enough = !more()
	// The next write takes its time from the last reading of the clock, and
	// that was before the call of More.
	f.shard.driver.Now()
	return !f.enough
}

// enlist returns a session that does nothing yet.
func (f *flowRun) enlist() *session {
	var s *session
	if n := len(f.free); n > 0 {
		s, f.free = f.free[n-1], f.free[:n-1]
	} else {
		s = &session{flow: f, heapIndex: -1, wakeAt: never}
	}
	s.liveIndex = len(f.live)
	f.live = append(f.live, s)
	return s
}

// retire removes a session that has ended. enlist may return it again.
func (f *flowRun) retire(s *session) {
	last := f.live[len(f.live)-1]
	f.live[s.liveIndex], last.liveIndex = last, s.liveIndex
	f.live[len(f.live)-1] = nil
	f.live = f.live[:len(f.live)-1]
	f.shard.timers.drop(s)
	f.free = append(f.free, s)
}

// noteAlive notes that the server answered.
func (f *flowRun) noteAlive() {
	_, f.aliveAt = f.shard.driver.Recent()
	f.failures = 0
}

// noteUnreached notes that a session got no connection.
func (f *flowRun) noteUnreached(class sample.Class) {
	f.failures++
	f.failedClass = class
}

func (f *flowRun) noteOpened() {
	f.totals.open++
	f.totals.peak = max(f.totals.peak, f.totals.open)
}

// The time limits or, if they are 0, their defaults.

// Resolved returns the limits with the defaults in place of zeros.
func (t Timeouts) Resolved() Timeouts {
	return Timeouts{Connect: t.connect(), TLS: t.tls(), Command: t.command(), Body: t.body()}
}

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
