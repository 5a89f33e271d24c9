package bus

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// A Memory is a bus within a process, for tests: it works in the virtual time of
// testing/synctest. The zero value is ready.
type Memory struct {
	// Delay is how long each message is under way.
	Delay time.Duration

	mu        sync.Mutex
	listeners map[string][]*listener
	octets    int64
	messages  int64
}

type listener struct {
	queue chan letter
	over  chan struct{}
	gone  chan struct{}
}

type letter struct {
	data []byte
	due  time.Time
}

// Traffic is how many messages were sent, and how many octets they had.
func (m *Memory) Traffic() (messages, octets int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.messages, m.octets
}

// Send implements Bus. A listener that does not keep up loses messages.
func (m *Memory) Send(address string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages, m.octets = m.messages+1, m.octets+int64(len(data))
	for _, l := range m.listeners[address] {
		select {
		case l.queue <- letter{slices.Clone(data), time.Now().Add(m.Delay)}:
		default:
			return errors.New("the listener does not keep up")
		}
	}
	return nil
}

// Listen implements Bus.
func (m *Memory) Listen(address string, take func([]byte)) (stop func(), err error) {
	l := &listener{queue: make(chan letter, 4096), over: make(chan struct{}), gone: make(chan struct{})}
	m.mu.Lock()
	if m.listeners == nil {
		m.listeners = map[string][]*listener{}
	}
	m.listeners[address] = append(m.listeners[address], l)
	m.mu.Unlock()
	go func() {
		defer close(l.gone)
		for {
			select {
			case <-l.over:
				return
			case next := <-l.queue:
				time.Sleep(time.Until(next.due))
				take(next.data)
			}
		}
	}()
	return func() {
		m.mu.Lock()
		m.listeners[address] = slices.DeleteFunc(m.listeners[address], func(o *listener) bool { return o == l })
		m.mu.Unlock()
		close(l.over)
		<-l.gone
	}, nil
}

// Leaving implements Bus.
func (*Memory) Leaving() {}

// Resting implements Bus.
func (*Memory) Resting() {}

// Close implements Bus. Listeners have to be stopped one by one.
func (*Memory) Close() {}
