//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// stepped runs the engine in this process on a wall clock that steps once. To set the machine's
// clock would step it for all processes, and Linux has no namespace for the wall clock. So the
// driver makes the step: in its readings of the clock, in the stamps of what arrives, and in the
// times of what is written. That is all that the engine knows of the clock.
func stepped(j *judge, ctx context.Context, l load, n int) (*figures.Result, error) {
	scenario, sink, err := j.serve(ctx, l)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(uint64(n), 0))
	step := stepSize(random)
	when := l.length/10 + time.Duration(random.Int64N(int64(l.length*8/10)))
	result, err := runStepped(ctx, scenario, when, step)
	return result, errors.Join(err, sink.Close())
}

// stepSize draws a step of a millisecond to an hour, forward or backward. Each order of magnitude is
// equally likely.
func stepSize(random *rand.Rand) time.Duration {
	size := float64(time.Millisecond) * math.Pow(float64(time.Hour/time.Millisecond), random.Float64())
	if random.IntN(2) == 0 {
		size = -size
	}
	return time.Duration(size)
}

func runStepped(ctx context.Context, scenario string, when, step time.Duration) (*figures.Result, error) {
	s, err := scenarios.Load(scenario, scenarios.LoadOptions{})
	if err != nil {
		return nil, err
	}
	plan := s.Plan()
	var file bytes.Buffer
	collector, err := record.NewCollector(&file, record.NewHeader(plan, s.Criteria()), plan, 1, nil)
	if err != nil {
		return nil, err
	}
	engine, err := loadgen.New(plan, collector.Recorder, loadgen.Options{
		NewDriver: func(epoch time.Time) (netdrive.Driver, error) {
			d, err := netdrive.New(epoch)
			return &steppingDriver{d, when, step}, err
		},
	})
	var report *sample.Report
	usage := generator.StartUsage()
	if err == nil {
		report, err = engine.Run(ctx)
	}
	if err != nil {
		_, _ = collector.Close(&sample.Report{}, generator.Usage{}) // ends the collector
		return nil, err
	}
	run, err := collector.Close(report, usage.Used())
	return figures.Of(run), err
}

// A steppingDriver is a Driver whose wall clock steps.
type steppingDriver struct {
	netdrive.Driver
	when, step time.Duration
}

// shift returns a wall time as the stepping clock shows it. A time before the step stays.
func (d *steppingDriver) shift(wall sample.Instant) sample.Instant {
	now, mono := d.Driver.Recent()
	if mono-now.Sub(wall) < d.when {
		return wall
	}
	return wall.Add(d.step)
}

func (d *steppingDriver) Now() (sample.Instant, time.Duration) {
	wall, mono := d.Driver.Now()
	return d.shift(wall), mono
}

func (d *steppingDriver) Recent() (sample.Instant, time.Duration) {
	wall, mono := d.Driver.Recent()
	return d.shift(wall), mono
}

func (d *steppingDriver) Dial(a netdrive.Addr, h netdrive.Handler) netdrive.Conn {
	return &steppingConn{d.Driver.Dial(a, &steppingHandler{h, d}), d}
}

type steppingConn struct {
	netdrive.Conn
	driver *steppingDriver
}

func (c *steppingConn) Write(bufs [][]byte) (int, sample.Instant) {
	n, at := c.Conn.Write(bufs)
	return n, c.driver.shift(at)
}

type steppingHandler struct {
	netdrive.Handler
	driver *steppingDriver
}

func (h *steppingHandler) Connected(at sample.Instant, took time.Duration) {
	h.Handler.Connected(h.driver.shift(at), took)
}
func (h *steppingHandler) Secured(from, to sample.Instant) {
	h.Handler.Secured(h.driver.shift(from), h.driver.shift(to))
}
func (h *steppingHandler) Received(p []byte, at netdrive.Arrival) {
	at.At = h.driver.shift(at.At)
	h.Handler.Received(p, at)
}
func (h *steppingHandler) Broken(err error, at sample.Instant) {
	h.Handler.Broken(err, h.driver.shift(at))
}
