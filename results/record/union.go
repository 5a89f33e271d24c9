package record

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Union makes one run of the files of several agents while these are being written, and
// writes the run file of the whole meanwhile. Its totals are those that Merge makes of the
// agents' files.
//
// An interval of the whole is written when all agents have come to it, and reported when all
// have that are not away. It is not for several goroutines at once, but for ServerLooks.
type Union struct {
	folder
	reporter reporter
	began    time.Time
	parts    []unionPart
	written  unionQueue     // the seconds that are to be
	reported unionQueue     // the seconds that are to be
	shown    []Gauge        // by flow: with the most sessions that a report had
	told     sample.Instant // the end of the last report
}

// A unionPart is an agent's part of a Union.
type unionPart struct {
	index   int
	given   *Place // that its file is to have, apart from Start; nil for any
	agent   Agent
	header  *Header       // of its file; nil until it has come
	rest    []byte        // of the last line
	shown   map[int]Gauge // by flow: the last that a report had
	kept    map[int]Gauge // by flow: the last that was written
	number  int64         // of its last interval
	closing *Closing
	stood   time.Duration // the longest in an interval
	away    bool          // reports do not wait for it
	gone    bool          // nothing waits for it
	broken  error         // why its file cannot be read any further
}

// NewUnion writes the header of the whole to w, and begins a run of so many agents. The
// ID of the header is what the agents' Place.Fleet is to be. It calls onInterval, unless
// that is nil, about once a second from within Feed, Away and Gone.
func NewUnion(w io.Writer, h Header, agents int, onInterval func(*Progress)) (*Union, error) {
	if err := h.check(); err != nil {
		return nil, fmt.Errorf("run file: %w", err)
	}
	h.ID = newID()
	u := &Union{folder: newFolder(w, h), began: time.Now(), parts: make([]unionPart, agents)}
	for i := range u.parts {
		u.parts[i].agent.empty(&u.run.Header)
		u.parts[i].index, u.parts[i].shown, u.parts[i].kept = i, map[int]Gauge{}, map[int]Gauge{}
	}
	u.reporter = newReporter(&u.run.Header, onInterval, &u.seen)
	u.shown = make([]Gauge, len(h.Flows))
	u.out.header(&u.run.Header)
	return u, u.out.flush()
}

// ID is what no other run has.
func (u *Union) ID() string { return u.run.Header.ID }

// Expect says which place an agent was given: a file with another one is not of that agent, or
// has times of another clock. Start is not compared, since an agent may begin late.
func (u *Union) Expect(agent int, p Place) {
	p.Start = 0
	u.parts[agent].given = &p
}

// Feed takes the next octets of an agent's file. The error says that they are not those of
// a run file of this fleet: then the rest of that file is not read.
func (u *Union) Feed(agent int, data []byte) error {
	p := &u.parts[agent]
	if p.broken != nil {
		return p.broken
	}
	done, seen := 0, len(p.rest) // which has no end of a line: a long one may come octet by octet
	p.rest = append(p.rest, data...)
	for {
		length := bytes.IndexByte(p.rest[seen:], '\n') + 1
		if length == 0 {
			break
		}
		seen += length
		if p.broken = u.line(p, p.rest[done:seen]); p.broken != nil {
			u.Gone(agent)
			return p.broken
		}
		done = seen
	}
	if done > 0 {
		p.rest = append(p.rest[:0], p.rest[done:]...)
	}
	if len(p.rest) > maxLine {
		p.broken = fmt.Errorf("a line is over %d MiB", maxLine>>20)
		u.Gone(agent)
		return p.broken
	}
	u.emit()
	return nil
}

// Away says whether an agent is out of reach for now: reports do not wait for it.
func (u *Union) Away(agent int, away bool) {
	u.parts[agent].away = away
	u.emit()
}

// Gone says that nothing is to wait for an agent any more.
func (u *Union) Gone(agent int) {
	u.parts[agent].gone = true
	u.emit()
}

// Part is what an agent has come to so far. It is valid until the next call of a method.
func (u *Union) Part(agent int) *Agent { return &u.parts[agent].agent }

// Stood is how long an agent's loop stood still at the most in an interval, although it had
// something to do.
func (u *Union) Stood(agent int) time.Duration { return u.parts[agent].stood }

// Whole tells whether the file of an agent has come to its end.
func (u *Union) Whole(agent int) bool { return u.parts[agent].closing != nil }

// An Ending is what the coordinator of a fleet knows of a run's end.
type Ending struct {
	Interrupted bool   // its user ended the run
	Aborted     string // why a condition of the scenario ended it
	NotLoaded   string // why nothing was loaded
	AllowLost   int    // agents that may be lost
}

// Close writes the rest and ends the file, with what is known of each agent. The error is
// the first one in writing; the run is returned all the same.
func (u *Union) Close(e Ending, agents []Agent) (*Run, error) {
	for i := range u.parts {
		u.parts[i].gone = true
	}
	u.emit()
	for f := range u.written.upTo(afterAll) {
		u.fold(f)
	}
	u.write()
	u.takeServer()
	closing := Closing{}
	for i := range u.parts {
		if c := u.parts[i].closing; c != nil {
			closing.merge(c)
		}
	}
	if closing.Ended.IsZero() {
		closing.Ended = u.run.end.Time().UTC()
	}
	closing.Interrupted, closing.Aborted = e.Interrupted, e.Aborted
	closing.NotLoaded, closing.AllowLost = e.NotLoaded, e.AllowLost
	u.run.Closing = &closing
	u.run.Agents = agents
	for i := range agents {
		if agents[i].ID != "" {
			u.run.identities = append(u.run.identities, agents[i].ID)
		}
		u.out.line(u.run.Header.agentLine(&agents[i]))
	}
	u.out.closing(u.run)
	err := u.out.flush()
	u.run.unwritten = errors.Unwrap(err)
	return u.run, err
}

// A unionFrame is an interval of the whole.
type unionFrame struct {
	*frame
	by       []map[int]Gauge // by agent, and by flow; nil for an agent that has no part in it
	accepted []int64         // messages, by agent
}

func newUnionFrame(number int64, u *Union) *unionFrame {
	return &unionFrame{newFrame(number, u.run.staged), make([]map[int]Gauge, len(u.parts)), make([]int64, len(u.parts))}
}

// A unionQueue has the seconds that wait for agents which have not come to them yet.
type unionQueue struct {
	frames []*unionFrame // in order
	taken  int64         // the number of the last second that waits no more
}

// mostPending bounds the seconds that wait.
const mostPending = 15

// mostAhead is by how many seconds an agent's file may be ahead of the time since the union
// began. One that is further ahead would end the waiting for all others.
const mostAhead = 60

// frame returns the frame of a second. If that waits no more, it is the one that is next:
// what comes late is in a later interval, and in the same totals.
func (q *unionQueue) frame(number int64, u *Union) *unionFrame {
	number = max(number, q.taken+1)
	i, found := slices.BinarySearchFunc(q.frames, number, func(f *unionFrame, n int64) int { return cmp.Compare(f.number, n) })
	if !found {
		q.frames = slices.Insert(q.frames, i, newUnionFrame(number, u))
	}
	return q.frames[i]
}

// upTo takes out the frames up to a second, and those for which there is no room.
func (q *unionQueue) upTo(number int64) iter.Seq[*unionFrame] {
	return func(yield func(*unionFrame) bool) {
		for len(q.frames) > 0 && (q.frames[0].number <= number || len(q.frames) > mostPending) {
			f := q.frames[0]
			q.frames, q.taken = slices.Delete(q.frames, 0, 1), f.number
			if !yield(f) {
				return
			}
		}
	}
}

// emit reports and writes what is complete.
func (u *Union) emit() {
	report, write := int64(afterAll), int64(afterAll)
	for i := range u.parts {
		p := &u.parts[i]
		switch {
		case p.gone || p.closing != nil:
		case p.away:
			write = min(write, p.number)
		default:
			report, write = min(report, p.number), min(write, p.number)
		}
	}
	for f := range u.reported.upTo(report) {
		u.report(f)
	}
	for f := range u.written.upTo(write) {
		u.fold(f)
	}
}

// report passes on how far the run is after a second.
func (u *Union) report(f *unionFrame) {
	u.settle(f, func(p *unionPart) map[int]Gauge { return p.shown })
	if f.from == 0 { // nothing but what came late
		f.from, f.to = u.told, u.told
	}
	u.told = f.to
	for i, g := range f.gauges {
		peak := max(u.shown[i].Peak, g.Peak)
		u.shown[i] = g
		u.shown[i].Peak = peak
	}
	parts := make([]AgentProgress, len(u.parts))
	for i := range u.parts {
		a := &u.parts[i].agent
		parts[i] = AgentProgress{Accepted: f.accepted[i], SoFar: a.Messages[sample.Accepted], Times: a.Times}
	}
	u.reporter.report(f.frame, u.shown, parts)
}

// settle adds up the agents' gauges, of which last has the ones before.
func (u *Union) settle(f *unionFrame, last func(*unionPart) map[int]Gauge) {
	for i := range u.parts {
		p := &u.parts[i]
		before := last(p)
		here := f.by[i]
		over := p.gone || p.closing != nil && p.number <= f.number
		for flow := range f.gauges {
			g, has := here[flow]
			if !has {
				g = before[flow]
				if g.Peak = g.Open; here != nil || over {
					g.Open, g.Peak = 0, 0
				}
			}
			before[flow] = g
			sum := &f.gauges[flow]
			sum.Refused += g.Refused
			sum.Open, sum.Peak, sum.Due, sum.Begun = sum.Open+g.Open, sum.Peak+g.Peak, sum.Due+g.Due, sum.Begun+g.Begun
		}
		if here == nil && p.header != nil && !(p.closing != nil && p.number < f.number) {
			f.missing++
		}
	}
}

// fold writes a second.
func (u *Union) fold(f *unionFrame) {
	u.settle(f, func(p *unionPart) map[int]Gauge { return p.kept })
	if f.from == 0 { // nothing but what came late
		f.from, f.to = u.run.end, u.run.end
	}
	for s := range f.stages {
		f.reached = f.reached || u.run.stages[s] == nil && (u.folded == nil || u.folded.stages[s] == nil)
	}
	u.folder.fold(f.frame)
}
