package chaos

import (
	"errors"
	"net"
	"sync"
)

// An arrangement is what a server is to be, apart from what goes wrong.
type arrangement struct {
	tls     string // none, starttls or implicit
	lmtp    bool
	rcpts   int // recipients of each message
	secrets secrets
	plan    func(session int) plan // of each session, by its number
}

// counts are what a server can say of its sessions for certain.
type counts struct {
	sessions int
	taken    int // messages that were read whole and said yes to, with everything in step until then
	refused  int // messages that it surely refused, and could say so
	granted  int // messages it can have seemed to say yes to: those, and any yes after things went out of step
}

// A server goes through a plan a session.
type server struct {
	arrangement
	listener *net.TCPListener
	over     chan struct{}
	group    sync.WaitGroup

	mu     sync.Mutex
	counts counts
	conns  map[*net.TCPConn]bool
}

// serve starts a server on a free port.
func serve(a arrangement) (*server, error) {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	s := &server{arrangement: a, listener: l, over: make(chan struct{}), conns: map[*net.TCPConn]bool{}}
	s.group.Go(s.accept)
	return s, nil
}

// port is where it listens.
func (s *server) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

func (s *server) accept() {
	for n := 0; ; n++ {
		c, err := s.listener.AcceptTCP()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // the client has gone again
		}
		s.mu.Lock()
		s.conns[c] = true
		s.mu.Unlock()
		s.group.Go(func() {
			p := s.plan(n)
			d := newDialogue(s, c, &p)
			d.run()
			c.Close()
			s.ended(c, d)
		})
	}
}

// ended adds up what a session came to.
func (s *server) ended(c *net.TCPConn, d *dialogue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.counts.sessions++
	s.counts.taken += d.taken
	s.counts.refused += d.refused
	s.counts.granted += d.granted + d.ear.yes
}

// close ends the server and all its sessions, and returns what they came to.
func (s *server) close() counts {
	s.listener.Close()
	close(s.over)
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.group.Wait()
	return s.counts
}
