//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// shares are the parts of the machine's capacity at which the generator is checked.
var shares = []float64{.10, .50, .90}

// sessionsAtOnce is more than any share needs with a fast server.
const sessionsAtOnce = 200

// agreement compares what the generator reports with the wire, at several shares of what this
// machine can do with the generator, the server and the capture together.
func (t *truth) agreement(ctx context.Context, w io.Writer, mode sample.TLSMode, pipelining sample.Switch, length time.Duration) (missed int, failure error) {
	s, err := t.serve(ctx, mode)
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, s.Close()) }()
	// With ten messages in a connection there are enough beginnings and ends of
	// connections too.
	most := load{sessions: 50, length: min(length, 3*time.Second), perSession: 10, size: 1024, pipelined: pipelining == sample.On}
	_, r, err := t.observe(ctx, most, s.Port, mode)
	if err != nil {
		return 0, err
	}
	capacity := r.Flows[flow].Rate
	fmt.Fprintf(w, "\nTLS %s, pipelining %s: capacity %.0f messages/s, 10 a connection\n", mode, pipelining, capacity)
	for _, share := range shares {
		l := load{
			open: true, rate: share * capacity, process: pace.Poisson, sessions: sessionsAtOnce,
			length: length, perSession: most.perSession, size: most.size, pipelined: pipelining == sample.On,
		}
		a, r, err := t.observe(ctx, l, s.Port, mode)
		if err != nil {
			return missed, err
		}
		fmt.Fprintf(w, "\nTLS %s, pipelining %s, %.0f %% of capacity, %.0f messages/s, times in µs\n", mode, pipelining, 100*share, l.rate)
		printVerdict(w, r)
		missed += printComparison(w, a, r)
	}
	return missed, nil
}

// observe runs a load while its packets are captured.
func (t *truth) observe(ctx context.Context, l load, port string, mode sample.TLSMode) (a *wire.Analysis, r *result, err error) {
	a, err = t.watched(ctx, port, mode, func() error {
		r, err = t.gauge(ctx, l, port, mode)
		return err
	})
	return a, r, err
}

// printVerdict prints the generator's verdict on its own run.
func printVerdict(w io.Writer, r *result) {
	fmt.Fprintf(w, "clock %s", r.Clock)
	if !r.Verdict.Valid {
		fmt.Fprintf(w, "; called invalid: %s", r.Verdict.Reasons)
	}
	fmt.Fprintln(w)
}
