//go:build linux

package main

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// A way is how long segments are under way in one direction.
type way struct {
	delay time.Duration
	lost  float64       // share of segments that have to be sent again
	again time.Duration // when that is; those after it wait, as in TCP
}

// segment is the most octets of a segment, and ahead how many of them may be under way.
const (
	segment = 1448
	ahead   = 4096
)

// pass copies what it reads to a writer, as late as the way makes it.
func (y way) pass(to io.Writer, from io.Reader, random *rand.Rand) error {
	type late struct {
		data []byte
		due  time.Time
	}
	queue, failed := make(chan late, ahead), make(chan error, 1)
	go func() {
		var err error
		for next := range queue {
			if err != nil {
				continue
			}
			time.Sleep(time.Until(next.due))
			_, err = to.Write(next.data)
		}
		failed <- err
	}()
	var last time.Time
	for {
		data := make([]byte, segment)
		n, err := from.Read(data)
		if n > 0 {
			due := time.Now().Add(y.delay)
			if random.Float64() < y.lost {
				due = due.Add(y.again)
			}
			if due.Before(last) {
				due = last
			}
			last = due
			queue <- late{data[:n], due}
		}
		if err != nil {
			close(queue)
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return errors.Join(err, <-failed)
		}
	}
}

// A relay is a way for connections to an address.
type relay struct {
	listener net.Listener
	work     sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// startRelay listens on loopback, and passes connections on to an address.
func startRelay(to string, y way, seed uint64) (*relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{listener: l}
	r.work.Go(func() {
		for n := uint64(0); ; n += 2 {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				_ = in.Close() // the client sees that, and tries again
				continue
			}
			r.mu.Lock()
			r.conns = append(r.conns, in, out)
			r.mu.Unlock()
			for i, pair := range [2][2]net.Conn{{in, out}, {out, in}} {
				r.work.Go(func() {
					_ = y.pass(pair[1], pair[0], rand.New(rand.NewPCG(seed, n+uint64(i)))) // either end may close first
					_ = pair[1].Close()
				})
			}
		}
	})
	return r, nil
}

func (r *relay) address() string { return r.listener.Addr().String() }

// close ends all connections.
func (r *relay) close() {
	_ = r.listener.Close() // nothing is lost by it
	r.mu.Lock()
	for _, c := range r.conns {
		_ = c.Close() // most are closed already
	}
	r.mu.Unlock()
	r.work.Wait()
}
