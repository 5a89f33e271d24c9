package fleet

import (
	"sync"

	"github.com/smtpgauge/smtpgauge/results/record"
)

// A feeding is what happened to an agent's part of a run.
type feeding struct {
	agent int
	data  []byte // the next octets of its file
	away  bool   // nothing is heard of it
	back  bool   // it is there again
	gone  bool   // it is not waited for any more
	idle  bool   // it waits for the others
	busy  bool   // it goes on
}

// A feeder gives a union what the agents send, on a goroutine of its own: a display that
// blocks keeps nobody from receiving messages and sending orders.
type feeder struct {
	union  *record.Union
	broken func(agent int, err error)

	mu      sync.Mutex
	queue   []feeding
	waiting map[int]int // octets that the queue has of each agent
	ended   bool
	wake    chan struct{}
	gone    chan struct{}
}

func newFeeder(u *record.Union, broken func(int, error)) *feeder {
	f := &feeder{union: u, broken: broken, waiting: map[int]int{}, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	go f.run()
	return f
}

// mostWaiting bounds the octets that wait to be fed of an agent: what it sends of its file, and
// what the feeder needs for each piece. An agent that sends more, or faster than that is read,
// sends again what did not fit.
const mostWaiting = 4 * window

// perFeeding is about how many octets a feeding takes without its data.
const perFeeding = 128

func (f *feeder) add(next feeding) {
	f.mu.Lock()
	f.queue = append(f.queue, next)
	f.waiting[next.agent] += len(next.data) + perFeeding
	f.mu.Unlock()
	f.signal()
}

// isFull tells whether there is no room for more of an agent.
func (f *feeder) isFull(agent int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.waiting[agent] > mostWaiting
}

func (f *feeder) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// end waits until all has been fed.
func (f *feeder) end() {
	f.mu.Lock()
	f.ended = true
	f.mu.Unlock()
	f.signal()
	<-f.gone
}

func (f *feeder) run() {
	defer close(f.gone)
	away := map[int][2]bool{}
	for range f.wake {
		f.mu.Lock()
		queue, ended := f.queue, f.ended
		f.queue, f.waiting = nil, map[int]int{}
		f.mu.Unlock()
		for _, next := range queue {
			state := away[next.agent]
			switch {
			case next.data != nil:
				if err := f.union.Feed(next.agent, next.data); err != nil {
					f.broken(next.agent, err)
				}
				continue
			case next.gone:
				f.union.Gone(next.agent)
				continue
			case next.away || next.back:
				state[0] = next.away
			default:
				state[1] = next.idle
			}
			away[next.agent] = state
			f.union.Away(next.agent, state[0] || state[1])
		}
		if ended {
			return
		}
	}
}

// feed passes on what happened to an agent, if a run is under way. The fleet is locked.
func (f *Fleet) feed(next feeding) {
	if f.feeder != nil {
		f.feeder.add(next)
	}
}
