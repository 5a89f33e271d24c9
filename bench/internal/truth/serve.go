//go:build linux

package main

import (
	"context"
	"net"
	"os"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/bench/internal/yardstick"
)

// A truth has what the checks need.
type truth struct {
	dir  string
	ca   string // file with the authority of the lab server
	ours string // the generator
	sink string // the epoll sink
}

// A served server is up until it is stopped.
type served struct {
	port string
	stop func() error
}

// serveSink starts the epoll sink, which is fast and plain.
func (t *truth) serveSink(ctx context.Context) (*served, error) {
	s, err := yardstick.StartSink(ctx, t.sink, t.dir)
	if err != nil {
		return nil, err
	}
	return newServed(s.Addr, func() error {
		_, err := s.Stop()
		return err
	})
}

// serveLab starts the lab server with delays, or under TLS.
func (t *truth) serveLab(mode labserver.Mode, delay labserver.Delay) (*served, error) {
	config, pem, err := labserver.NewTLS()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(t.ca, pem, 0o600); err != nil {
		return nil, err
	}
	s, err := labserver.Start(labserver.Config{Mode: mode, TLS: config, Delay: delay})
	if err != nil {
		return nil, err
	}
	return newServed(s.Addr(), s.Close)
}

// serve starts what a way of connecting needs: "" plain, or a TLS mode.
func (t *truth) serve(ctx context.Context, secure string) (*served, error) {
	switch secure {
	case "implicit":
		return t.serveLab(labserver.Implicit, nil)
	case "starttls":
		return t.serveLab(labserver.StartTLS, nil)
	}
	return t.serveSink(ctx)
}

func newServed(addr string, stop func() error) (*served, error) {
	_, port, err := net.SplitHostPort(addr)
	return &served{port, stop}, err
}
