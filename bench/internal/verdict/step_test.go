//go:build linux

package main

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A dialed is a Driver that keeps the handler it gets, and a Conn whose writes leave at the
// Driver's wall time.
type dialed struct {
	fixedDriver
	handler netdrive.Handler
}

func (d *dialed) Dial(_ netdrive.Addr, h netdrive.Handler) netdrive.Conn {
	d.handler = h
	return &written{wall: d.wall}
}

type written struct {
	netdrive.Conn
	wall sample.Instant
}

func (w *written) Write(bufs [][]byte) (int, sample.Instant) { return len(bufs), w.wall }

// A timesHandler is a Handler that keeps the times it gets.
type timesHandler struct {
	netdrive.Handler
	times []sample.Instant
}

func (h *timesHandler) Connected(at sample.Instant, _ time.Duration) { h.times = append(h.times, at) }
func (h *timesHandler) Secured(from, to sample.Instant)              { h.times = append(h.times, from, to) }
func (h *timesHandler) Received(_ []byte, at netdrive.Arrival)       { h.times = append(h.times, at.At) }
func (h *timesHandler) Broken(_ error, at sample.Instant)            { h.times = append(h.times, at) }

// All times that the engine gets must be of the same clock. If one were not shifted, a run
// would be judged for a step that no clock makes.
func TestEveryTimeIsOfTheSteppingClock(t *testing.T) {
	const wall, step = sample.Instant(1e18), -time.Hour
	below := &dialed{fixedDriver: fixedDriver{wall: wall, mono: time.Second}}
	handler := &timesHandler{}
	conn := (&steppingDriver{below, time.Millisecond, step}).Dial(netdrive.Addr{}, handler)
	if n, at := conn.Write([][]byte{nil, nil}); n != 2 || at != wall.Add(step) {
		t.Errorf("a write of %d leaves at %d, want 2 at %d", n, at, wall.Add(step))
	}
	before := wall.Add(-time.Second) // the clock had not stepped yet
	below.handler.Connected(before, 0)
	below.handler.Secured(before, wall)
	below.handler.Received(nil, netdrive.Arrival{At: wall})
	below.handler.Broken(errors.New("reset"), wall)
	after := wall.Add(step)
	if want := []sample.Instant{before, before, after, after, after}; !slices.Equal(handler.times, want) {
		t.Errorf("told %v, want %v", handler.times, want)
	}
}
