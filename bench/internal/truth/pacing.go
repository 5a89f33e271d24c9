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
)

// The bounds that pacing has to keep.
const (
	lagAllowed  = 200 * time.Microsecond // at p99
	rateAllowed = 0.001
	likely      = 0.01 // a Poisson process is turned away once in a hundred runs
)

// paces are the rates checked. Ten thousand connections a second are more than
// two cores can make and take, so there arrivals are messages.
var paces = []load{
	{rate: 100, bySession: true, perSession: 1},
	{rate: 1000, bySession: true, perSession: 1},
	{rate: 1000},
	{rate: 10000},
}

// pacing checks when arrivals began, by the generator's word and on the wire.
func (t *truth) pacing(ctx context.Context, w io.Writer, length time.Duration) (missed int, failure error) {
	s, err := t.Sink(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, s.Close()) }()
	for _, l := range paces {
		l.open, l.sessions, l.length, l.size = true, 1000, length, 1024
		for _, l.poisson = range []bool{false, true} {
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
	a, r, err := t.observe(ctx, l, port, "")
	if err != nil {
		return 0, err
	}
	times, span, unit := a.Mailed, wire.Message, "messages"
	if l.bySession {
		times, span, unit = a.Begun, wire.Session, "sessions"
	}
	slices.Sort(times)
	due := dues(l)
	check := func(good bool, format string, args ...any) {
		verdict := "ok"
		if !good {
			verdict = "not ok"
			missed++
		}
		fmt.Fprintf(w, "  %s: %s\n", fmt.Sprintf(format, args...), verdict)
	}
	fmt.Fprintf(w, "\n%.0f %s/s, %s\n", l.rate, unit, map[bool]string{false: "uniform", true: "poisson"}[l.poisson])
	printVerdict(w, r)
	if lag := r.phase(string(span)).Lag; lag == nil {
		check(false, "no lag was told")
	} else {
		check(lag.P99 <= lagAllowed, "lag as told: p50 %v, p99 %v", lag.P50, lag.P99)
	}
	check(len(times) == len(due), "%d arrivals on the wire, %d due", len(times), len(due))
	if len(times) != len(due) || len(times) < 3 {
		return missed, nil
	}
	late := wire.Distribute(arrivals.Lateness(times, due))
	fmt.Fprintf(w, "  later on the wire than the least late: p50 %v, p99 %v, at most %v\n", late.P50, late.P99, late.Max)
	// The schedule's own rate over the same arrivals: that of a Poisson process
	// varies by chance.
	asked, achieved := arrivals.Rate(due), arrivals.Rate(times)
	check(math.Abs(achieved/asked-1) <= rateAllowed, "%.2f a second achieved of %.2f", achieved, asked)
	if l.poisson {
		// What the schedule itself would get tells its chance apart from what
		// the generator and the kernel added to it.
		d, p := arrivals.Poisson(times, l.rate)
		_, ideal := arrivals.Poisson(due, l.rate)
		check(p >= likely, "gaps exponential: Kolmogorov-Smirnov D %.4f, p %.3f (the schedule's own p %.3f)", d, p, ideal)
		// Two arrivals cannot begin closer together than it takes to begin one.
		each := arrivals.Closest(times)
		d, p = arrivals.Poisson(arrivals.InTurn(due, each), l.rate)
		fmt.Fprintf(w, "  what begins them in turn, %v each and never late, gets D %.4f, p %.3f\n", each, d, p)
		d, p = arrivals.Spread(times)
		_, ideal = arrivals.Spread(due)
		check(p >= likely, "times spread evenly: Kolmogorov-Smirnov D %.4f, p %.3f (the schedule's own p %.3f)", d, p, ideal)
	}
	return missed, nil
}
