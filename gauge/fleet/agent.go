package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
)

// window is how much of a file may be under way.
const window = 8 * bus.MaxBody

// Serve takes part in the runs of one fleet after the other, until ctx ends or Drain is
// closed. The error is a *RefusedError, ErrCoordinatorLost, or that of ctx, and says which
// run file is not whole.
func Serve(ctx context.Context, b bus.Bus, t bus.Token, o AgentOptions) error {
	herald := newHerald(o.Report)
	defer herald.end()
	o.Report = herald.say
	inbox := make(chan incoming, 64) // forget writes to the agent while the bus brings messages
	a := &agent{o: o, follower: follower{end: bus.NewEnd(b, t)}, inbox: inbox}
	over := make(chan struct{})
	defer close(over)
	stop, err := a.end.Listen(a.end.ID(), func(from string, m bus.Message, body []byte) {
		in := incoming{from: from, message: m, body: append([]byte(nil), body...), at: time.Now()}
		select {
		case inbox <- in:
		case <-over:
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	err = a.serve(ctx)
	if a.unwritten != nil {
		return errors.Join(a.unwritten, err)
	}
	return err
}

// An incoming message, and when it came.
type incoming struct {
	from    string
	message bus.Message
	body    []byte
	at      time.Time
}

// An agent is the state of Serve. All of it belongs to one goroutine; runs have their own.
type agent struct {
	follower
	o     AgentOptions
	inbox chan incoming

	deserted  bool // it is given up: it gets no answer, and its run ends
	order     bus.Order
	status    bus.Status
	blobs     [2]blob
	earlier   blob // the scenario before: a comparison alternates between two
	load      Load
	loaded    string     // sum of the scenario that load is of
	preparing *preparing // the load is its own meanwhile
	probing   *probing
	run       *agentRun
	leaving   bool
	told      string // the coordinator that has said when there is a place
	unwritten error  // the first of its files that is not whole, and why
	buffer    []byte // for what is read back of a file
}

func (a *agent) serve(ctx context.Context) error {
	tick := time.NewTicker(helloEvery)
	defer tick.Stop()
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		a.abandon()
		cancel() // what is being prepared
		if a.preparing != nil {
			<-a.preparing.done
		}
	}()
	drain := a.o.Drain
	a.hello(bus.Coordinator, a.greeting())
	for {
		var wrote, changed <-chan struct{}
		var ready <-chan prepared
		if a.preparing != nil {
			ready = a.preparing.done
		}
		var found <-chan probed
		if a.probing != nil {
			found = a.probing.found
		}
		if a.run != nil {
			wrote, changed = a.run.journal.wrote, a.run.changed
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-drain:
			drain = nil
			a.leaving = true
			if a.run == nil {
				a.o.Report(left)
				return nil
			}
			if a.o.Draining != "" {
				a.o.Report(a.o.Draining)
			}
			a.run.leave()
		case <-tick.C:
			if err := a.second(); err != nil {
				return err
			}
		case in := <-a.inbox:
			if done, err := a.take(ctx, in); done || err != nil {
				return err
			}
		case p := <-ready:
			if err := a.prepared(ctx, p); err != nil {
				return err
			}
			a.answer()
		case p := <-found:
			a.probed(p)
			a.answer()
		case <-wrote:
			a.push(time.Now())
		case <-changed:
			a.run.announce(a.o, a.load.Name())
			a.answer()
		}
	}
}

// greeting is how the agent asks for a place.
func (a *agent) greeting() *bus.Hello {
	return &bus.Hello{Name: a.o.Name, Host: a.o.Host, Version: a.o.Version, Shards: max(1, a.o.Shards)}
}

// second is what happens each second.
func (a *agent) second() error {
	if a.coordinator == "" {
		a.hello(bus.Coordinator, a.greeting())
		return nil
	}
	if a.silent++; a.silent < patience {
		return nil
	}
	if !a.deserted {
		a.deserted = true
		a.o.Report(givenUp)
		if a.run != nil {
			a.run.desert()
		}
	}
	if a.run != nil && !a.run.hasEnded() && a.silent < patience+drainsWithin {
		return nil
	}
	a.abandon()
	if a.leaving {
		a.o.Report(left)
	}
	if a.o.Once || a.leaving {
		return ErrCoordinatorLost
	}
	a.forget()
	return nil
}

// forget makes ready for another fleet.
func (a *agent) forget() {
	a.unprepare()
	*a = agent{o: a.o, follower: follower{end: a.end}, inbox: a.inbox, preparing: a.preparing, unwritten: a.unwritten, buffer: a.buffer}
}

// unprepare sees to it that nothing is made of what is being prepared.
func (a *agent) unprepare() {
	if a.preparing != nil {
		a.preparing.stale = true
	}
}

// abandon ends the look at the target and the run under way, and waits until the run's file is
// complete.
func (a *agent) abandon() {
	if a.probing != nil {
		a.probing.end()
		a.probing = nil
	}
	if a.run != nil {
		name := a.run.file.Name()
		if err := a.run.end(); err != nil {
			err = fmt.Errorf("the run file %s is not whole: %w", name, err)
			a.unwritten = cmp.Or(a.unwritten, err)
			a.o.Report(err.Error())
		} else {
			a.o.Report(a.run.outcome())
		}
		a.run = nil
	}
}

// take takes a message. done says that Serve is to return.
func (a *agent) take(ctx context.Context, in incoming) (done bool, err error) {
	switch m := in.message.(type) {
	case *bus.Refusal:
		if a.coordinator != "" {
			return false, nil
		}
		if m.Later {
			if a.told != in.from {
				a.told = in.from
				a.o.Report("waiting: " + m.Reason)
			}
			return false, nil
		}
		return true, &RefusedError{Reason: m.Reason, Own: a.o.Version, Other: m.Version}
	case *bus.Call:
		a.called(in.from, a.greeting())
	case *bus.Order:
		if a.deserted {
			return false, nil
		}
		own, joined := a.heed(in.from, m, a.status.Run)
		if joined {
			a.o.Report(fmt.Sprintf("joined as %s, agent %d of %d", m.Name, m.Number, m.Of))
		}
		if own {
			return a.obey(ctx, m, in.at)
		}
	case *bus.Piece:
		if in.from != a.coordinator || a.deserted {
			return false, nil
		}
		a.silent = 0
		for i := range a.blobs {
			b := &a.blobs[i]
			if b.sum.SHA256 == m.SHA256 && int64(len(b.data)) == m.Offset && int64(len(b.data)+len(in.body)) <= b.sum.Size {
				b.data = append(b.data, in.body...)
				if err := a.advance(ctx); err != nil {
					return true, err
				}
				a.answer()
				break
			}
		}
	}
	return false, nil
}

// obey takes an order.
func (a *agent) obey(ctx context.Context, m *bus.Order, at time.Time) (done bool, err error) {
	if m.Run < a.order.Run {
		return false, nil
	}
	if m.Run > a.order.Run {
		a.abandon()
		a.unprepare()
		a.status = bus.Status{Run: m.Run}
	}
	a.order = *m
	for i, sum := range m.Blobs {
		switch {
		case a.blobs[i].sum == sum:
		case i == 0:
			a.blobs[0], a.earlier = a.earlier, a.blobs[0]
			if a.blobs[0].sum != sum {
				a.blobs[0] = blob{sum: sum}
			}
		default:
			a.blobs[i] = blob{sum: sum}
		}
	}
	if err := a.advance(ctx); err != nil {
		return true, err
	}
	if a.run != nil {
		a.run.obey(m)
		a.acknowledged(m.Have, time.Now())
	}
	a.status.Asked, a.status.Received = m.Sent, at.UnixNano()
	a.answer()
	if m.Over && a.run != nil {
		a.abandon()
	}
	if m.Leave && a.run == nil {
		a.abandon() // a look at the target
	}
	if (m.Leave || m.Over && a.leaving) && a.run == nil {
		leaves := a.o.Once || a.leaving
		switch {
		case m.Leave:
			a.dissolved(a.o.Report, leaves, a.status.Run)
		default:
			a.o.Report(left)
		}
		if leaves {
			return true, nil
		}
		a.forget()
	}
	return false, nil
}

// answer says what the agent has done.
func (a *agent) answer() {
	if a.coordinator == "" || a.deserted {
		return
	}
	s := &a.status
	for i := range a.blobs {
		s.Blobs[i] = int64(len(a.blobs[i].data))
	}
	if a.run != nil {
		a.run.tell(s)
		if s.Ended {
			a.push(time.Now())
		}
	}
	s.Left, s.Answered = a.leaving, time.Now().UnixNano()
	_ = a.end.Send(a.coordinator, s, nil) // the connection reports its errors
}

// acknowledged notes how much of the file has come, and sends again what has not.
func (a *agent) acknowledged(have int64, now time.Time) {
	r := a.run
	if have > r.have {
		r.have, r.progress = have, now
	}
	r.sent = max(r.sent, r.have)
	if r.sent > r.have && now.Sub(r.progress) >= resendAfter {
		r.sent, r.progress = r.have, now
	}
	a.push(now)
}

// push sends what the file has and was not sent yet, as far as the window allows.
func (a *agent) push(now time.Time) {
	if a.deserted {
		return
	}
	r := a.run
	length := r.journal.length()
	if a.buffer == nil {
		a.buffer = make([]byte, bus.MaxBody)
	}
	for r.sent < length && r.sent-r.have < window {
		n := min(length-r.sent, bus.MaxBody)
		if _, err := r.file.ReadAt(a.buffer[:n], r.sent); err != nil {
			r.fail(fmt.Errorf("reading the run file back: %w", err))
			return
		}
		if r.sent == r.have {
			r.progress = now
		}
		if a.end.Send(a.coordinator, &bus.Delta{Run: r.number, Offset: r.sent}, a.buffer[:n]) != nil {
			return // the connection reports it; the next order tries again
		}
		r.sent += n
	}
}
