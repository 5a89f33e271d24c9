// Package labserver is an SMTP server to check a load generator with. Its delays are known to
// the microsecond, so everything else that a generator reports is the generator's own. It
// answers in lockstep or pipelined, in the clear or under TLS, and waits before its replies as
// its [Config] says.
//
// It is not the server of package smtpsink, because a check proves less if it shares code with
// what it checks. It shares the certificate with it, which is not checked.
package labserver

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Config says how a Server behaves. The zero value is a server without TLS and without
// delays, on a port that the kernel chooses.
type Config struct {
	Address string // "host:port"; "" means 127.0.0.1 and any free port
	Mode    sample.TLSMode
	TLS     *tls.Config // needed unless Mode is TLSNone
	Delay   Delay       // before each reply; nil means at once

	// Iterations are those of AUTH SCRAM-SHA-256, with Password; 0 offers no AUTH.
	Iterations int
}

// A Delay returns how long to wait before the reply to a command. verb is in lower case,
// "banner" for the banner and "body" for the final dot. seq is the number in the sender's
// address (see Sequence), or -1 outside a mail transaction. Many goroutines call it.
type Delay func(verb string, seq int64) time.Duration

// Counts are what a Server has counted.
type Counts struct {
	Connections int64
	Messages    int64 // whose final dot was answered
	Bytes       int64 // of message content, without the dot lines
	Quits       int64
	Handshakes  int64 // completed
	Resumed     int64 // of these
	Proved      int64 // AUTH that succeeded
}

// A Server is a running server.
type Server struct {
	config   Config
	listener net.Listener
	proofs   *proofs // nil if no AUTH is offered

	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil once closed
	wait  sync.WaitGroup

	connections, messages, bytes, quits, handshakes, resumed, proved atomic.Int64
}

// Start listens and serves until Close.
func Start(c Config) (*Server, error) {
	if c.Mode != sample.TLSNone && c.TLS == nil {
		return nil, errors.New("a server that speaks TLS needs a certificate")
	}
	var keys *proofs
	if c.Iterations > 0 {
		var err error
		if keys, err = newProofs(c.Iterations); err != nil {
			return nil, err
		}
	}
	if c.Address == "" {
		c.Address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, fmt.Errorf("lab server: %w", err)
	}
	s := &Server{config: c, listener: l, proofs: keys, conns: map[net.Conn]struct{}{}}
	s.wait.Go(s.accept)
	return s, nil
}

// Addr returns the address at which the server listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Counts returns what was counted so far.
func (s *Server) Counts() Counts {
	return Counts{
		Connections: s.connections.Load(),
		Messages:    s.messages.Load(),
		Bytes:       s.bytes.Load(),
		Quits:       s.quits.Load(),
		Handshakes:  s.handshakes.Load(),
		Resumed:     s.resumed.Load(),
		Proved:      s.proved.Load(),
	}
}

// Close ends every connection and waits until nothing runs any more.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.Close() // ends the goroutine that reads from it
	}
	s.conns = nil
	s.mu.Unlock()
	s.wait.Wait()
	return err
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Probably out of descriptors. The client's connections are refused
			// or hang, and its counts will not be the same as ours.
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if !s.enter(c) {
			c.Close()
			return
		}
		s.connections.Add(1)
		s.wait.Go(func() {
			defer s.leave(c)
			d := dialogue{server: s, seq: -1}
			d.run(c)
		})
	}
}

func (s *Server) enter(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		return false
	}
	s.conns[c] = struct{}{}
	return true
}

func (s *Server) leave(c net.Conn) {
	c.Close()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}
