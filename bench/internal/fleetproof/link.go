//go:build linux

package main

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// The addresses of a link's ends. They are of no other network: each end is in a namespace that
// has nothing but the link and its loopback.
const nearAddress = "10.0.0.1"

var (
	nearOctets = []byte{10, 0, 0, 1}
	farOctets  = []byte{10, 0, 0, 2}
)

// A link is a way for IP packets between two namespaces. What is lost is lost: TCP has to send it
// again.
type link struct {
	near, far *namespace
	tunnels   []*os.File
	work      sync.WaitGroup

	passed, dropped atomic.Int64 // packets in both directions
}

// newLink makes two namespaces and a link between them. The error says what this machine or
// user does not have for it.
func newLink(y way, seed uint64) (*link, error) {
	l := &link{}
	for _, end := range []struct {
		of      **namespace
		address []byte
	}{{&l.near, nearOctets}, {&l.far, farOctets}} {
		n, err := newNamespace()
		if err == nil {
			*end.of = n
			err = n.in(func() error {
				t, err := openTunnel("slow", end.address)
				if err == nil {
					l.tunnels = append(l.tunnels, t)
				}
				return err
			})
		}
		if err != nil {
			l.close()
			return nil, err
		}
	}
	for i, from := range l.tunnels {
		l.work.Go(func() { l.carry(y, l.tunnels[1-i], from, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	return l, nil
}

// largest is more than the octets of a packet: the devices' MTU is 1500.
const largest = 2048

// carry takes packets from one end to the other until it is closed: late by the delay, in their
// order, and without those that are lost.
func (l *link) carry(y way, to io.Writer, from io.Reader, random *rand.Rand) {
	type late struct {
		packet []byte
		due    time.Time
	}
	queue, gone := make(chan late, ahead), make(chan struct{})
	go func() {
		defer close(gone)
		for next := range queue {
			time.Sleep(time.Until(next.due))
			_, _ = to.Write(next.packet) // an end that is closing loses it, as a device does
		}
	}()
	defer func() {
		close(queue)
		<-gone
	}()
	for {
		packet := make([]byte, largest)
		n, err := from.Read(packet)
		if err != nil {
			return
		}
		if random.Float64() >= y.lost {
			select {
			case queue <- late{packet[:n], time.Now().Add(y.delay)}:
				l.passed.Add(1)
				continue
			default: // more is under way than there is room for
			}
		}
		l.dropped.Add(1)
	}
}

// onNear does something where the coordinator is; without a link it is anywhere.
func (l *link) onNear(do func() error) error {
	if l == nil {
		return do()
	}
	return l.near.in(do)
}

// onFar does something where the agents and the server are.
func (l *link) onFar(do func() error) error {
	if l == nil {
		return do()
	}
	return l.far.in(do)
}

// sentAgain is how many TCP segments either end has sent again.
func (l *link) sentAgain() (int64, error) {
	var sum int64
	count := func() error {
		n, err := sentAgain()
		sum += n
		return err
	}
	err := errors.Join(l.near.in(count), l.far.in(count))
	return sum, err
}

// close ends the link. The namespaces are gone once the processes in them are.
func (l *link) close() {
	for _, t := range l.tunnels {
		_ = t.Close() // which ends the reading
	}
	l.work.Wait()
	for _, n := range []*namespace{l.near, l.far} {
		if n != nil {
			n.close()
		}
	}
}
