package fleet

import (
	"context"
	"encoding/json"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Looker looks at a server, as serverside.Watcher does.
type Looker interface {
	// Look returns what the server has done since the last look.
	Look() (*tally.ServerSample, error)
}

// WatchOptions say who an agent is that looks at the server. All but Once and Drain have to
// be set.
type WatchOptions struct {
	Name, Host string
	Version    string
	Once       bool // leave after one fleet
	// Open finds the server for a run, and looks at it for the first time. The targets are what
	// is loaded, by their addresses as they resolve on the coordinator's machine.
	Open func([]bus.Target) (Looker, error)
	// Report is called with what happens, for people, by one goroutine. It may block.
	Report func(text string)
	// Drain ends Watch once it is closed.
	Drain <-chan struct{}
}

// Watch looks at the server in the runs of one fleet after the other, until ctx ends or
// Drain is closed. It waits on if a coordinator of the same version has no use for it,
// unless Once is set. The error is like that of Serve.
func Watch(ctx context.Context, b bus.Bus, t bus.Token, o WatchOptions) error {
	herald := newHerald(o.Report)
	defer herald.end()
	o.Report = herald.say
	a := &watchingAgent{o: o, follower: follower{end: bus.NewEnd(b, t)}}
	inbox, over := make(chan incoming, 64), make(chan struct{})
	defer close(over)
	stop, err := a.end.Listen(a.end.ID(), func(from string, m bus.Message, _ []byte) {
		select {
		case inbox <- incoming{from: from, message: m, at: time.Now()}:
		case <-over:
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	tick := time.NewTicker(helloEvery)
	defer tick.Stop()
	a.hello(bus.Coordinator, a.greeting())
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.Drain:
			o.Report(left)
			return nil
		case <-tick.C:
			if err := a.second(); err != nil {
				return err
			}
		case in := <-inbox:
			if done, err := a.take(in); done || err != nil {
				return err
			}
		}
	}
}

// A watchingAgent is the state of Watch.
type watchingAgent struct {
	follower
	o WatchOptions

	refusedBy string // ID of the last coordinator that had no use for it
	status    bus.Status
	looker    Looker               // nil if no run is to be looked at
	have      int                  // samples of the run that have come
	unseen    []tally.ServerSample // those after them
}

// greeting is how the agent asks for a place.
func (a *watchingAgent) greeting() *bus.Hello {
	return &bus.Hello{Name: a.o.Name, Host: a.o.Host, Version: a.o.Version, Watches: true}
}

// second is what happens each second.
func (a *watchingAgent) second() error {
	if a.coordinator == "" {
		a.hello(bus.Coordinator, a.greeting())
		return nil
	}
	if a.looker != nil && !a.status.Ended {
		a.look()
		a.push()
	}
	if a.silent++; a.silent < patience {
		return nil
	}
	a.o.Report(givenUp)
	if a.o.Once {
		return ErrCoordinatorLost
	}
	*a = watchingAgent{o: a.o, follower: follower{end: a.end}}
	return nil
}

// mostUnseen bounds the samples that wait to be acknowledged.
const mostUnseen = 4096

// look takes a sample. If that fails, the run has those so far: what is not looked at has no
// figures.
func (a *watchingAgent) look() {
	s, err := a.looker.Look()
	if err != nil {
		a.o.Report(err.Error())
		a.status.Ended, a.status.Length = true, int64(a.have+len(a.unseen))
		return
	}
	if len(a.unseen) < mostUnseen {
		a.unseen = append(a.unseen, *s)
	}
}

// atOnce is how many samples are in a message.
const atOnce = 200

// push sends what was not acknowledged.
func (a *watchingAgent) push() {
	for i := 0; i < len(a.unseen); i += atOnce {
		body, err := json.Marshal(a.unseen[i:min(len(a.unseen), i+atOnce)])
		if err != nil {
			return // numbers always marshal
		}
		if a.end.Send(a.coordinator, &bus.Looks{Run: a.status.Run, From: a.have + i}, body) != nil {
			return // the connection reports it; the next second tries again
		}
	}
}

// take takes a message. done says that Watch is to return.
func (a *watchingAgent) take(in incoming) (done bool, err error) {
	switch m := in.message.(type) {
	case *bus.Refusal:
		refused := &RefusedError{Reason: m.Reason, Own: a.o.Version, Other: m.Version}
		switch {
		case a.coordinator != "" || a.refusedBy == in.from:
		case a.o.Once || refused.Own != refused.Other:
			return true, refused
		default: // the next coordinator's scenario may be for this agent
			a.refusedBy = in.from
			a.o.Report(refused.Error() + ": waiting for the next coordinator")
		}
	case *bus.Call:
		a.called(in.from, a.greeting())
	case *bus.Order:
		own, joined := a.heed(in.from, m, a.status.Run)
		if joined {
			a.o.Report("joined as " + m.Name + ", which looks at the server")
		}
		if own {
			return a.obey(m, in.at), nil
		}
	}
	return false, nil
}

// obey takes an order.
func (a *watchingAgent) obey(m *bus.Order, at time.Time) (done bool) {
	if m.Run < a.status.Run {
		return false
	}
	if m.Run > a.status.Run {
		a.status, a.looker, a.have, a.unseen = bus.Status{Run: m.Run}, nil, 0, nil
	}
	if n := int(m.Have) - a.have; n > 0 && n <= len(a.unseen) {
		a.have, a.unseen = a.have+n, append([]tally.ServerSample(nil), a.unseen[n:]...)
	}
	switch {
	case m.Begin && !m.Over && a.looker == nil && a.status.Failed == "":
		looker, err := a.o.Open(m.Targets)
		if err != nil {
			a.o.Report(err.Error())
			a.status.Failed = shortened(err.Error())
			break
		}
		a.looker, a.status.Loaded = looker, true
	case m.Over && a.looker != nil && !a.status.Ended:
		a.look()
		a.status.Ended, a.status.Length = true, int64(a.have+len(a.unseen))
		a.push()
	}
	a.status.Asked, a.status.Received, a.status.Answered = m.Sent, at.UnixNano(), time.Now().UnixNano()
	_ = a.end.Send(a.coordinator, &a.status, nil) // the connection reports its errors
	if !m.Leave {
		return false
	}
	a.dissolved(a.o.Report, a.o.Once, a.status.Run)
	*a = watchingAgent{o: a.o, follower: follower{end: a.end}}
	return a.o.Once
}
