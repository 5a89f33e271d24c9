package fleet

import (
	"context"
	"crypto/sha256"
	"fmt"
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
	// Report is called with what happens, for people; nil if nobody wants it.
	Report func(text string)
}

// How a coordinator finds out what goes on.
const (
	orderEvery = 500 * time.Millisecond
	lookEvery  = 250 * time.Millisecond
	// lostAfter is how long an agent may be silent before it counts as lost.
	lostAfter = 2500 * time.Millisecond
	// givenUpAfter is how long it is waited for then. By that time it has stopped by itself,
	// if it runs at all.
	givenUpAfter = 12 * time.Second
)

// A Fleet is the coordinator of some agents. Gather waits for them; after that it carries
// out one job after the other. Its methods are not for several goroutines at once.
type Fleet struct {
	o    Options
	end  *bus.End
	over chan struct{}
	work sync.WaitGroup

	mu      sync.Mutex
	changed chan struct{} // closed when the state of a member changes
	members []*member     // in the order in which they came
	refused map[string]bool
	blobs   [2][]byte
	order   bus.Order // what all are to have done
	feeder  *feeder   // of the run under way; nil between runs

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
	pieces  [2]int64  // octets of the blobs that were sent
	pushed  time.Time // when that was sent
	at      int64     // when the last segment is to begin, by its clock
	offset  int64     // of its clock, as it was told
	offsetE int64

	// Of the run under way.
	have     int64
	sum      hashed
	away     bool          // nothing is heard of it
	awaySum  time.Duration // how long that was, until it came back
	longest  time.Duration // without a word
	givenUp  bool
	broken   error // what is wrong with its file
	lostText string
}

// New begins to listen for agents. The bus is the caller's to close.
func New(b bus.Bus, t bus.Token, o Options) (*Fleet, error) {
	if o.Report == nil {
		o.Report = func(string) {}
	}
	f := &Fleet{o: o, end: bus.NewEnd(b, t), over: make(chan struct{}), changed: make(chan struct{}), refused: map[string]bool{}}
	f.order.Of = o.Agents
	stop, err := f.end.Listen(bus.Coordinator, f.receive)
	if err != nil {
		return nil, err
	}
	f.work.Go(func() {
		defer stop()
		f.tend()
	})
	return f, nil
}

// A Member is who an agent is, for people.
type Member struct {
	Name, Host string
	Away       bool
}

// Members are the agents that have come.
func (f *Fleet) Members() []Member {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []Member
	for _, m := range f.members {
		list = append(list, Member{Name: m.name, Host: m.hello.Host, Away: m.away})
	}
	return list
}

// Gather waits until all agents are there and their clocks are known.
func (f *Fleet) Gather(ctx context.Context) error {
	return f.until(ctx, func() (bool, error) {
		if len(f.members) < f.o.Agents {
			return false, nil
		}
		for _, m := range f.members {
			if m.track.exchanges < enoughExchanges {
				return false, nil
			}
		}
		return f.watchersThere(), nil
	})
}

// Close dissolves the fleet.
func (f *Fleet) Close() {
	f.mu.Lock()
	f.order.Leave = true
	f.say()
	f.mu.Unlock()
	close(f.over)
	f.work.Wait()
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

// look notes whether an agent has fallen silent. The fleet is locked.
func (f *Fleet) look(m *member, now time.Time) {
	silent := now.Sub(m.heard)
	if silent > lostAfter && !m.away {
		m.away = true
		f.o.Report(fmt.Sprintf("agent %s on %s is lost: it has been silent for %.1f s", m.name, m.hello.Host, silent.Seconds()))
		f.feed(feeding{agent: m.index, away: true})
		f.notify()
	}
	if silent > givenUpAfter && !m.givenUp {
		m.givenUp = true
		f.feed(feeding{agent: m.index, gone: true})
		f.notify()
	}
}

// heardOf notes that an agent is there. The fleet is locked.
func (f *Fleet) heardOf(m *member, now time.Time) {
	silent := now.Sub(m.heard)
	m.longest = max(m.longest, silent)
	m.heard = now
	if m.away {
		m.away, m.givenUp = false, false
		m.awaySum += silent
		f.o.Report(fmt.Sprintf("agent %s on %s is back after %.1f s", m.name, m.hello.Host, silent.Seconds()))
		f.feed(feeding{agent: m.index, back: true})
		f.notify()
	}
}

// send sends an agent its order. The fleet is locked.
func (f *Fleet) send(m *member) {
	o := f.order
	o.Sent, o.Name, o.Number = time.Now().UnixNano(), m.name, m.index+1
	o.First, o.Shards = f.shardsBefore(m.index), f.shardsBefore(len(f.members))
	o.At, o.Offset, o.Error, o.Have = m.at, m.offset, m.offsetE, m.have
	_ = f.end.Send(m.id, &o, nil) // what does not arrive is said again
}

// shardsBefore is how many shards the agents before number n have.
func (f *Fleet) shardsBefore(n int) int {
	sum := 0
	for _, m := range f.members[:n] {
		sum += max(1, m.hello.Shards)
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

// receive takes a message.
func (f *Fleet) receive(from string, message bus.Message, body []byte) {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.members, func(m *member) bool { return m.id == from })
	if hello, ok := message.(*bus.Hello); ok && i < 0 {
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

// admit gives an agent a place, or refuses it. The fleet is locked.
func (f *Fleet) admit(id string, hello *bus.Hello, now time.Time) {
	reason := ""
	switch {
	case hello.Version != f.o.Version:
		reason = "agent and coordinator have to be of the same version"
	case hello.Watches:
		if reason = f.admitWatcher(id, hello, now); reason == "" {
			return
		}
	case len(f.members) >= f.o.Agents:
		reason = fmt.Sprintf("the fleet has its %d agents", f.o.Agents)
	}
	if reason != "" {
		if !f.refused[id] && len(f.refused) < 1000 {
			f.refused[id] = true
			f.o.Report(fmt.Sprintf("refused agent %s on %s: %s (it is %s, this is %s)", hello.Name, hello.Host, reason, hello.Version, f.o.Version))
		}
		_ = f.end.Send(id, &bus.Refusal{Reason: reason, Version: f.o.Version}, nil) // it asks again
		return
	}
	m := &member{id: id, index: len(f.members), hello: *hello, heard: now}
	m.name = hello.Name
	for n := 2; slices.ContainsFunc(f.members, func(o *member) bool { return o.name == m.name }); n++ {
		m.name = fmt.Sprintf("%s-%d", hello.Name, n)
	}
	f.members = append(f.members, m)
	f.o.Report(fmt.Sprintf("agent %s on %s has joined: %d of %d", m.name, hello.Host, len(f.members), f.o.Agents))
	f.send(m)
	f.notify()
}

// status takes what an agent says of itself. The fleet is locked.
func (f *Fleet) status(m *member, s *bus.Status, now time.Time) {
	if s.Asked > 0 && s.Asked != m.Asked {
		m.track.add(sample.Instant(s.Asked), sample.Instant(s.Received), sample.Instant(s.Answered), sample.Instant(now.UnixNano()))
	}
	progress := s.Blobs != m.Status.Blobs
	if s.Run == f.order.Run || s.Run < f.order.Run && m.Status.Run <= s.Run {
		if s.Waits > 0 && m.Waits == 0 || s.Waits == 0 && m.Waits > 0 {
			f.feed(feeding{agent: m.index, idle: s.Waits > 0, busy: s.Waits == 0})
		}
		m.Status = *s
	}
	if progress {
		f.sendPieces(m)
	}
	f.notify()
}

// delta takes a part of an agent's file. The fleet is locked.
func (f *Fleet) delta(m *member, d *bus.Delta, body []byte) {
	if d.Run != f.order.Run || f.feeder == nil || d.Offset > m.have || m.broken != nil {
		return // of another run, or with a gap before it: the agent sends again from m.have on
	}
	skip := m.have - d.Offset
	if skip >= int64(len(body)) {
		return
	}
	body = body[skip:]
	m.have += int64(len(body))
	m.sum.Write(body)
	f.feed(feeding{agent: m.index, data: slices.Clone(body)})
	f.notify()
}

// piecesAhead is how much of a blob may be under way to an agent.
const piecesAhead = 4 * bus.MaxBody

// sendPieces sends an agent what it lacks of the blobs. The fleet is locked.
func (f *Fleet) sendPieces(m *member) {
	if m.away {
		return
	}
	now := time.Now()
	for i, data := range f.blobs {
		have := m.Status.Blobs[i]
		if f.order.Blobs[i].SHA256 == "" || have >= int64(len(data)) {
			continue
		}
		if m.pieces[i] < have || now.Sub(m.pushed) > 2*orderEvery {
			m.pieces[i] = have // what was sent is lost, or of an earlier blob
		}
		for m.pieces[i] < int64(len(data)) && m.pieces[i]-have < piecesAhead {
			part := data[m.pieces[i]:min(int64(len(data)), m.pieces[i]+bus.MaxBody)]
			if f.end.Send(m.id, &bus.Piece{SHA256: f.order.Blobs[i].SHA256, Offset: m.pieces[i]}, part) != nil {
				return
			}
			m.pieces[i] += int64(len(part))
			m.pushed = now
		}
		return // one after the other
	}
}

// setBlobs says which blobs all agents are to have. The fleet is locked.
func (f *Fleet) setBlobs(scenario, terms []byte) {
	for i, data := range [2][]byte{scenario, terms} {
		sum := bus.Sum{Size: int64(len(data)), SHA256: sumOf(data)}
		if f.order.Blobs[i] == sum {
			continue
		}
		f.blobs[i], f.order.Blobs[i] = data, sum
		for _, m := range f.members {
			m.pieces[i], m.Status.Blobs[i] = 0, 0
		}
	}
}

// hashed is the SHA-256 of what was written to it.
type hashed struct{ hasher }

type hasher interface {
	Write([]byte) (int, error)
	Sum([]byte) []byte
}

func newHashed() hashed { return hashed{sha256.New()} }
