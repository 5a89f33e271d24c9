//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/arrivals"
	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// The bounds that pacing has to keep.
const (
	lagAllowed  = 200 * time.Microsecond // at p99
	rateAllowed = 0.001
	likely      = 0.01 // a true Poisson process fails once in a hundred runs
)

// paces are the rates that are checked. Two cores cannot make and take ten thousand
// connections a second, so at that rate arrivals are messages.
var paces = []load{
	{rate: 100, bySession: true, perSession: 1},
	{rate: 1000, bySession: true, perSession: 1},
	{rate: 1000},
	{rate: 10000},
}

// pacing checks when arrivals began, as the generator reports it and on the wire.
func (t *truth) pacing(ctx context.Context, w io.Writer, length time.Duration) (missed int, failure error) {
	s, err := t.Sink(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, s.Close()) }()
	for _, l := range paces {
		l.open, l.sessions, l.length, l.size = true, 1000, length, 1024
		for _, l.process = range []pace.Process{pace.Uniform, pace.Poisson} {
			n, err := t.pace(ctx, w, l, s.Port)
			if err != nil {
				return missed, err
			}
			missed += n
		}
	}
	return missed, nil
}

// pace checks one rate.
func (t *truth) pace(ctx context.Context, w io.Writer, l load, port string) (missed int, err error) {
	a, r, err := t.observe(ctx, l, port, sample.TLSNone)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(w, "\n%.0f %s/s, %s\n", l.rate, l.unit(), l.process)
	printVerdict(w, r)
	f := findings{w: w}
	f.pacing(l, a, r)
	return f.missed, nil
}

// findings prints a line for each thing that was found, and counts those that are not ok.
type findings struct {
	w      io.Writer
	missed int
}

func (f *findings) check(good bool, format string, args ...any) {
	verdict := "ok"
	if !good {
		verdict = "not ok"
		f.missed++
	}
	fmt.Fprintf(f.w, "  %s: %s\n", fmt.Sprintf(format, args...), verdict)
}

// pacing compares the arrivals of a load with when they were due.
func (f *findings) pacing(l load, a *wire.Analysis, r *result) {
	times, span := a.Mailed, wire.Message
	if l.bySession {
		times, span = a.Begun, wire.Session
	}
	slices.Sort(times)
	due := dues(l)
	if lag := r.phase(string(span)).Lag; lag == nil {
		f.check(false, "no lag was reported")
	} else {
		f.check(lag.P99 <= lagAllowed, "lag as reported: p50 %v, p99 %v", lag.P50, lag.P99)
	}
	f.check(len(times) == len(due), "%d arrivals on the wire, %d due", len(times), len(due))
	if len(times) != len(due) || len(times) < 3 {
		return
	}
	late := wire.Distribute(arrivals.Lateness(times, due))
	fmt.Fprintf(f.w, "  later on the wire than the least late: p50 %v, p99 %v, at most %v\n", late.P50, late.P99, late.Max)
	// The rate of the schedule is that of the same arrivals, because the rate of a
	// Poisson process varies by chance.
	asked, achieved := arrivals.Rate(due), arrivals.Rate(times)
	f.check(math.Abs(achieved/asked-1) <= rateAllowed, "%.2f a second achieved of %.2f", achieved, asked)
	if l.process == pace.Poisson {
		f.poisson(times, due, l.rate)
	}
}

// poisson checks whether the arrivals are those of a Poisson process. It prints the result of
// the schedule itself too, which shows what the generator and the kernel have added.
func (f *findings) poisson(times []wire.Time, due []time.Duration, rate float64) {
	d, p := arrivals.Poisson(times, rate)
	_, ideal := arrivals.Poisson(due, rate)
	f.check(p >= likely, "gaps exponential: Kolmogorov-Smirnov D %.4f, p %.3f (the schedule's own p %.3f)", d, p, ideal)
	// The gap between two arrivals is at least the time that it takes to begin one.
	each := arrivals.Closest(times)
	d, p = arrivals.Poisson(arrivals.InTurn(due, each), rate)
	fmt.Fprintf(f.w, "  what begins them in turn, %v each and never late, gets D %.4f, p %.3f\n", each, d, p)
	d, p = arrivals.Spread(times)
	_, ideal = arrivals.Spread(due)
	f.check(p >= likely, "times spread evenly: Kolmogorov-Smirnov D %.4f, p %.3f (the schedule's own p %.3f)", d, p, ideal)
}
