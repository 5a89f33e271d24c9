//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// A natsServer is a NATS server of its own, which counts what passes.
type natsServer struct {
	url string

	process *process
	monitor string // where it tells its counts
	over    chan struct{}
	gone    chan struct{}
	looks   []traffic
}

// A traffic is what has come in by then.
type traffic struct {
	at       time.Time
	Messages int64 `json:"in_msgs"`
	Octets   int64 `json:"in_bytes"` // of the messages, without the protocol's own
}

// startNATS starts a server, which it builds the first time, and begins to look at its counts.
func (p *proof) startNATS(ctx context.Context) (s *natsServer, err error) {
	if p.nats == "" {
		if p.nats, err = p.BuildPackage(ctx, "github.com/nats-io/nats-server/v2", "nats-server"); err != nil {
			return nil, err
		}
	}
	var ports [2]string
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		if _, ports[i], err = net.SplitHostPort(l.Addr().String()); err != nil {
			return nil, errors.Join(err, l.Close())
		}
		if err := l.Close(); err != nil {
			return nil, err
		}
	}
	own, err := start(ctx, nil, nil, p.nats, "-a", "127.0.0.1", "-p", ports[0], "-m", ports[1])
	if err != nil {
		return nil, err
	}
	s = &natsServer{
		url: "nats://127.0.0.1:" + ports[0], process: own, monitor: "http://127.0.0.1:" + ports[1] + "/varz",
		over: make(chan struct{}), gone: make(chan struct{}),
	}
	go func() {
		defer close(s.gone)
		s.watch()
	}()
	return s, nil
}

// watch reads the counts until the server is stopped.
func (s *natsServer) watch() {
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		if t, err := s.read(); err == nil { // it may not listen yet
			s.looks = append(s.looks, t)
		}
		select {
		case <-every.C:
		case <-s.over:
			return
		}
	}
}

func (s *natsServer) read() (traffic, error) {
	client := http.Client{Timeout: time.Second}
	answer, err := client.Get(s.monitor)
	if err != nil {
		return traffic{}, err
	}
	defer answer.Body.Close()
	t := traffic{at: time.Now()}
	return t, json.NewDecoder(answer.Body).Decode(&t)
}

// stop ends the server.
func (s *natsServer) stop() {
	close(s.over)
	<-s.gone
	s.process.kill()
}

// within is what came in a second, within a time. The server has been stopped.
func (s *natsServer) within(from, to time.Time) (messages, octets float64, err error) {
	var first, last traffic
	for _, t := range s.looks {
		if first.at.IsZero() || !t.at.After(from) {
			first = t
		}
		if !t.at.After(to) {
			last = t
		}
	}
	d := last.at.Sub(first.at).Seconds()
	if d <= 0 {
		return 0, 0, fmt.Errorf("the NATS server told no counts\n%s", s.process.stderr)
	}
	return float64(last.Messages-first.Messages) / d, float64(last.Octets-first.Octets) / d, nil
}
