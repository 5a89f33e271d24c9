package fleet

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Options say what a fleet is to be. Agents and Version have to be set.
type Options struct {
	Agents    int
	Version   string // of this program: agents of another one are refused
	AllowLost int    // agents that may be lost without making a run invalid
	// Watchers names agents that look at the server in place of loading it. They come on top
	// of Agents.
	Watchers []string
	// Report is called with what happens, for people, by one goroutine; nil if nobody wants
	// it. It may block.
	Report func(text string)
}

// A Fleet is the coordinator of some agents. Gather waits for them; after that it carries
// out one job after the other. Its methods are not for several goroutines at once.
type Fleet struct {
	o      Options
	end    *bus.End
	herald *herald
	over   chan struct{}
	work   sync.WaitGroup

	mu      sync.Mutex
	changed chan struct{} // closed when the state of a member changes
	members []*member     // in the order of their places
	refused map[string]bool
	// gathered says that all have come: from then on a place is taken again only by an agent of
	// the same name and machine, and none while begun.
	gathered bool
	begun    bool  // the agents of a run are fixed: from when all wait for its start to its end
	shards   []int // by member, of the run; nil before the first
	blobs    [2][]byte
	order    bus.Order // what all are to have done
	feeder   *feeder   // of the run under way; nil between runs

	longest time.Duration // of the run's segments; 0 if that depends on the server
	due     time.Time     // when a segment under way is given up; zero for never
	blurred bool          // what the clocks' errors do to the arrivals has been said

	watchers []*watcher
	watch    watch // of the run
}

// A member is an agent of a fleet.
type member struct {
	id    string
	index int // from 0
	name  string
	hello bus.Hello
	bus.Status
	heard   time.Time
	track   tracker
	asked   int       // exchanges of its clock by the time that the last agent joined
	pieces  [2]int64  // octets of the blobs that were sent
	pushed  time.Time // when that was sent
	gone    bool      // it knows that the fleet is dissolved
	step    int64     // how far it is on the way to the start: see progress
	stepped time.Time // when that grew last
	at      int64     // when the last segment is to begin, by its clock
	offset  int64     // of its clock, as it was told
	offsetE int64

	// Of the run under way.
	have    int64
	grew    time.Time // when have did last, or the agent ended
	sum     hashed
	away    bool          // nothing is heard of it
	awaySum time.Duration // how long that was, until it came back
	longest time.Duration // without a word
	givenUp bool
	broken  error // what is wrong with its file

	claim claim // of an agent to its place
}

// New begins to listen for agents. The bus is the caller's to close.
func New(b bus.Bus, t bus.Token, o Options) (*Fleet, error) {
	if o.Report == nil {
		o.Report = func(string) {}
	}
	herald := newHerald(o.Report)
	o.Report = herald.say
	f := &Fleet{o: o, end: bus.NewEnd(b, t), herald: herald, over: make(chan struct{}), changed: make(chan struct{}), refused: map[string]bool{}}
	f.order.Of = o.Agents
	stop, err := f.listen()
	if err != nil {
		herald.end()
		return nil, err
	}
	f.work.Go(func() {
		defer stop()
		f.tend()
	})
	return f, nil
}

// listen listens at the address of all coordinators, and at this one's own.
func (f *Fleet) listen() (stop func(), err error) {
	own, err := f.end.Listen(f.end.ID(), f.receive)
	if err != nil {
		return nil, err
	}
	common, err := f.end.Listen(bus.Coordinator, f.greet)
	if err != nil {
		own()
		return nil, err
	}
	return func() {
		common()
		own()
	}, nil
}

// Gather waits until all agents are there and their clocks are known.
func (f *Fleet) Gather(ctx context.Context) error {
	return f.until(ctx, func() (bool, error) {
		if len(f.members) < f.o.Agents {
			return false, nil
		}
		for _, m := range f.members {
			if m.away || m.track.exchanges-m.asked < enoughExchanges {
				return false, nil
			}
		}
		f.gathered = f.watchersThere()
		return f.gathered, nil
	})
}

// Close dissolves the fleet. It waits for the agents that are there to know of it: then they
// close their connections by themselves, before the bus is closed.
func (f *Fleet) Close() {
	f.mu.Lock()
	f.order.Leave = true
	f.say()
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), leavesWithin)
	_ = f.until(ctx, func() (bool, error) { return f.allGone(), nil }) // who says nothing is not waited for
	cancel()
	close(f.over)
	f.work.Wait()
	f.herald.end()
}

// until waits until a condition holds, which is looked at whenever something has changed.
// It is called with the fleet locked.
func (f *Fleet) until(ctx context.Context, holds func() (bool, error)) error {
	for {
		f.mu.Lock()
		done, err := holds()
		changed := f.changed
		f.mu.Unlock()
		if done || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// notify says that something has changed. The fleet is locked.
func (f *Fleet) notify() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// tend sends orders, and looks for agents that fell silent.
func (f *Fleet) tend() {
	order, look := time.NewTicker(orderEvery), time.NewTicker(lookEvery)
	defer order.Stop()
	defer look.Stop()
	for {
		select {
		case <-f.over:
			return
		case <-order.C:
			f.mu.Lock()
			for _, m := range f.members {
				f.send(m)
				f.sendPieces(m)
			}
			f.sayWatchers()
			f.mu.Unlock()
		case now := <-look.C:
			f.mu.Lock()
			for _, m := range f.members {
				f.look(m, now)
			}
			f.lookForWatchers(now)
			f.mu.Unlock()
		}
	}
}

// send sends an agent its order. The fleet is locked.
func (f *Fleet) send(m *member) {
	o := f.order
	o.Sent, o.Name, o.Number = time.Now().UnixNano(), m.name, m.index+1
	if f.shards != nil {
		o.First, o.Own, o.Shards = f.shardsBefore(m.index), f.shards[m.index], f.shardsBefore(len(f.shards))
	}
	o.At, o.Offset, o.Error, o.Have = m.at, m.offset, m.offsetE, m.have
	_ = f.end.Send(m.id, &o, nil) // what does not arrive is said again
}

// shardsBefore is how many shards the agents before number n have in the run.
func (f *Fleet) shardsBefore(n int) int {
	sum := 0
	for _, own := range f.shards[:n] {
		sum += own
	}
	return sum
}

// say sends all agents their orders now. The fleet is locked.
func (f *Fleet) say() {
	for _, m := range f.members {
		f.send(m)
	}
	f.sayWatchers()
}

// greet takes a message to the address of all coordinators: a Hello, which may have been
// recorded. Whoever says it is asked to say it to this coordinator.
func (f *Fleet) greet(from string, message bus.Message, _ []byte) {
	hello, ok := message.(*bus.Hello)
	if !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.order.Leave:
	case hello.Version != f.o.Version:
		f.refuse(from, hello, otherVersion)
	default:
		_ = f.end.Send(from, &bus.Call{}, nil) // it says Hello again
	}
}

// receive takes a message to this coordinator.
func (f *Fleet) receive(from string, message bus.Message, body []byte) {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.members, func(m *member) bool { return m.id == from })
	if hello, ok := message.(*bus.Hello); ok && (i < 0 || f.order.Leave) {
		f.admit(from, hello, now)
		return
	}
	if i < 0 {
		f.fromWatcher(from, message, body, now)
		return
	}
	m := f.members[i]
	f.heardOf(m, now)
	switch in := message.(type) {
	case *bus.Hello:
		f.send(m)
	case *bus.Status:
		f.status(m, in, now)
	case *bus.Delta:
		f.delta(m, in, body)
	}
}

// status takes what an agent says of itself. The fleet is locked.
func (f *Fleet) status(m *member, s *bus.Status, now time.Time) {
	if s.Asked > 0 && s.Asked != m.Asked {
		m.track.add(sample.Instant(s.Asked), sample.Instant(s.Received), sample.Instant(s.Answered), sample.Instant(now.UnixNano()))
	}
	m.gone = m.gone || s.Gone
	if f.feeder != nil && f.feeder.isFull(m.index) {
		return // it is said again
	}
	more := s.Blobs != m.Status.Blobs
	if s.Run == f.order.Run || s.Run < f.order.Run && m.Status.Run <= s.Run {
		if s.Waits > 0 && m.Waits == 0 || s.Waits == 0 && m.Waits > 0 {
			f.feed(feeding{agent: m.index, idle: s.Waits > 0, busy: s.Waits == 0})
		}
		if s.Ended && !m.Ended {
			m.grew = now
		}
		m.Status = *s
		m.progress(now)
	}
	if more {
		f.sendPieces(m)
	}
	f.notify()
}

// delta takes a part of an agent's file. The fleet is locked.
func (f *Fleet) delta(m *member, d *bus.Delta, body []byte) {
	if d.Run != f.order.Run || f.feeder == nil || d.Offset > m.have || m.broken != nil || f.feeder.isFull(m.index) {
		return // of another run, with a gap before it, or too much: the agent sends again from m.have on
	}
	skip := m.have - d.Offset
	if skip >= int64(len(body)) {
		return
	}
	body = body[skip:]
	m.have, m.grew = m.have+int64(len(body)), time.Now()
	m.sum.Write(body)
	f.feed(feeding{agent: m.index, data: slices.Clone(body)})
	f.notify()
}
