//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// closeness is how far response times may differ from the simulation's.
const closeness = 0.01

// queueing compares response times with those of a simulation of the queue, for the same
// arrivals and delays.
func (t *truth) queueing(ctx context.Context, w io.Writer, length time.Duration) (missed int, err error) {
	for _, k := range behaviours(length) {
		n, err := t.behaviour(ctx, w, k)
		if err != nil {
			return missed, fmt.Errorf("%s: %w", k.name, err)
		}
		missed += n
	}
	n, err := t.closedLoop(ctx, w)
	return missed + n, err
}

// behaviour checks one behaviour.
func (t *truth) behaviour(ctx context.Context, w io.Writer, k known) (missed int, failure error) {
	var first atomic.Int64 // the smallest number of a message
	first.Store(math.MaxInt64)
	delay := k.server()
	s, err := t.Lab(labserver.Config{Delay: func(verb string, seq int64) time.Duration {
		if verb == "mail" {
			lower(&first, seq)
		}
		return delay(verb, seq)
	}})
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, s.Close()) }()
	a, r, err := t.observe(ctx, k.load, s.Port, sample.TLSNone)
	if err != nil {
		return 0, err
	}
	return k.judge(w, a, r, first.Load()), nil
}

// judge compares the reported response times with those of the simulation. first is the number of
// the first message.
func (k known) judge(w io.Writer, a *wire.Analysis, r *result, first int64) (missed int) {
	responses, beside := k.expected(dues(k.load), first, a.Samples[wire.Message])
	expected := wire.Distribute(responses)
	reported := r.phase(string(wire.Message))
	fmt.Fprintf(w, "\n%s: %.0f messages/s, %d sessions, %v beside the delay\n", k.name, k.load.rate, k.load.sessions, beside)
	printVerdict(w, r)
	if reported.Response == nil {
		fmt.Fprintln(w, "no response times were reported: not ok")
		return 1
	}
	if reported.Count != expected.Count {
		fmt.Fprintf(w, "%d messages were reported, and %d due: not ok\n", reported.Count, expected.Count)
		missed++
	}
	if reported.Lag != nil {
		fmt.Fprintf(w, "lag as reported, waiting included: p50 %v, p90 %v\n", reported.Lag.P50, reported.Lag.P90)
	}
	return missed + printQueue(w, expected, *reported.Response, reported.Service)
}

// lower sets a to n if that is less.
func lower(a *atomic.Int64, n int64) {
	for was := a.Load(); n < was; was = a.Load() {
		if a.CompareAndSwap(was, n) {
			return
		}
	}
}

// printQueue prints expected and reported response times. It prints service times too, to show that
// they are different.
func printQueue(w io.Writer, expected wire.Distribution, response, service figure) (missed int) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "\texpected ms\tresponse ms\toff\t\tservice ms\t")
	for _, row := range []struct {
		name                        string
		expected, response, service time.Duration
	}{
		{"mean", expected.Mean, response.Mean, service.Mean},
		{"p50", expected.P50, response.P50, service.P50},
		{"p90", expected.P90, response.P90, service.P90},
		{"p99", expected.P99, response.P99, service.P99},
	} {
		off := float64(row.response-row.expected) / float64(row.expected)
		verdict := "ok"
		if math.Abs(off) > closeness {
			verdict = "not ok"
			missed++
		}
		fmt.Fprintf(tw, "%s\t%.2f\t%.2f\t%+.2f %%\t%s\t%.2f\t\n", row.name, float64(row.expected)/1e6,
			float64(row.response)/1e6, 100*off, verdict, float64(row.service)/1e6)
	}
	tw.Flush()
	return missed
}

// closedLoop checks that a closed load, in which nothing is due, reports no response time.
func (t *truth) closedLoop(ctx context.Context, w io.Writer) (missed int, failure error) {
	s, err := t.Lab(labserver.Config{Delay: labserver.At("rcpt", 50*time.Millisecond)})
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, s.Close()) }()
	r, err := t.gauge(ctx, load{sessions: 4, length: 2 * time.Second, size: 1024}, s.Port, sample.TLSNone)
	if err != nil {
		return 0, err
	}
	verdict := "has no response time: ok"
	if reported := r.phase(string(wire.Message)); reported.Response != nil || reported.Lag != nil {
		verdict, missed = "reports a response time: not ok", 1
	}
	fmt.Fprintf(w, "\nclosed loop %s\n", verdict)
	return missed, nil
}
