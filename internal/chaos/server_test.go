package chaos

import (
	"errors"
	"net"
	"sync"
)

// An arrangement says what a server is like, apart from its faults.
type arrangement struct {
	tls     string // none, starttls or implicit
	lmtp    bool
	rcpts   int // recipients of each message
	secrets secrets
	plan    func(session int) plan // of each session, by its number
}

// counts are what a server knows of its sessions for certain.
type counts struct {
	sessions int
	taken    int // messages that it read to their end and said yes to, while all was fair
	refused  int // messages that it refused, and whose refusal it could send
	granted  int // messages that a client may believe it said yes to: those taken, and each yes after a kind that is not fair
}

// A server follows one plan in each session.
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

// port returns the port at which the server listens.
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

// ended adds the counts of a session.
func (s *server) ended(c *net.TCPConn, d *dialogue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.counts.sessions++
	s.counts.taken += d.taken
	s.counts.refused += d.refused
	s.counts.granted += d.granted + d.yeses.yes
}

// close ends the server and all its sessions, and returns their counts.
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
