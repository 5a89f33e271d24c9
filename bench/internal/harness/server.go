//go:build linux

package harness

import (
	"context"
	"errors"
	"net"
	"os"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/bench/internal/yardstick"
)

// A Server is the server to load.
type Server struct {
	Addr string // "127.0.0.1:PORT"
	Port string

	stop func() (Counts, error)
}

// Counts are what a server counted.
type Counts struct {
	yardstick.Counts
	Handshakes, Resumed int64 // of TLS; resumed ones count as handshakes too
	Proved              int64 // AUTH that succeeded
}

// Stop ends the server and returns its counts.
func (s *Server) Stop() (Counts, error) { return s.stop() }

// Close ends the server, without its counts.
func (s *Server) Close() error {
	_, err := s.stop()
	return err
}

// Sink starts the epoll sink, which is fast and has no TLS. The first call compiles it.
func (b *Bench) Sink(ctx context.Context) (*Server, error) {
	if b.sink == "" {
		var err error
		if b.sink, err = yardstick.BuildSink(ctx, b.Dir); err != nil {
			return nil, err
		}
	}
	return b.place(yardstick.StartSink(ctx, b.sink, b.Dir))
}

// PostfixSink starts Postfix's smtp-sink.
func (b *Bench) PostfixSink(ctx context.Context) (*Server, error) {
	return b.place(yardstick.StartPostfix(ctx, b.Dir))
}

// place gives a started sink its processor.
func (b *Bench) place(s *yardstick.Server, err error) (*Server, error) {
	if err == nil && b.Pin {
		if err = s.Pin(1); err != nil {
			_, stopped := s.Stop()
			err = errors.Join(err, stopped)
		}
	}
	if err != nil {
		return nil, err
	}
	return newServer(s.Addr, func() (Counts, error) {
		c, err := s.Stop()
		return Counts{Counts: c}, err
	})
}

// Lab starts the lab server in this process, which should do nothing else meanwhile. The server
// has a new certificate, whose authority is in the file CA.
func (b *Bench) Lab(c labserver.Config) (*Server, error) {
	config, pem, err := labserver.NewTLS()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(b.CA, pem, 0o600); err != nil {
		return nil, err
	}
	c.TLS = config
	s, err := labserver.Start(c)
	if err != nil {
		return nil, err
	}
	return newServer(s.Addr(), func() (Counts, error) {
		err := s.Close()
		c := s.Counts()
		return Counts{
			yardstick.Counts{Connections: c.Connections, Messages: c.Messages, Quits: c.Quits, Bytes: c.Bytes},
			c.Handshakes, c.Resumed, c.Proved,
		}, err
	})
}

func newServer(addr string, stop func() (Counts, error)) (*Server, error) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		_, stopped := stop()
		return nil, errors.Join(err, stopped)
	}
	return &Server{Addr: addr, Port: port, stop: stop}, nil
}
