//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/truth/labserver"
	"github.com/smtpgauge/smtpgauge/bench/truth/queue"
	"github.com/smtpgauge/smtpgauge/bench/truth/wire"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

// closeness is what issue 3 allows between response times and what queueing
// says.
const closeness = 0.01

// A known behaviour is a server's delays, told twice: to the lab server, and to
// the simulation.
type known struct {
	name    string
	delay   labserver.Delay
	usual   time.Duration // what most messages are delayed by
	service func(base time.Duration, first int64) queue.Service
	load    load
}

// stallAt is the arrival with which the server stalls, and stallFor how long.
const (
	stallAt  = 800
	stallFor = 2 * time.Second
)

// behaviours are those of issue 3. In each the sessions are too few to serve
// every arrival at once, so that some have to wait, and enough to keep up.
func behaviours(length time.Duration) []known {
	const fixed, short, long, every = 50 * time.Millisecond, 5 * time.Millisecond, 200 * time.Millisecond, 10
	either := labserver.Either("body", short, long, every)
	stall := &labserver.Stall{Seq: stallAt, For: stallFor, Otherwise: labserver.At("body", short)}
	constant := func(d time.Duration) queue.Service {
		return func(int, time.Duration) time.Duration { return d }
	}
	open := func(rate float64, sessions int) load {
		return load{open: true, rate: rate, poisson: true, sessions: sessions, length: length, size: 1024}
	}
	return []known{
		{
			name: "50 ms at RCPT", delay: labserver.At("rcpt", fixed), usual: fixed, load: open(100, 7),
			service: func(base time.Duration, _ int64) queue.Service { return constant(base + fixed) },
		}, {
			name: "5 ms or, one in ten, 200 ms at the final dot", delay: either, usual: short, load: open(100, 4),
			service: func(base time.Duration, first int64) queue.Service {
				return func(n int, _ time.Duration) time.Duration { return base + either("body", first+int64(n)) }
			},
		}, {
			name: "5 ms at the final dot, and a stall of 2 s", delay: stall.Delay, usual: short, load: open(200, 4),
			service: func(base time.Duration, first int64) queue.Service {
				return queue.Stalled(int(stallAt-first), stallFor, constant(base+short))
			},
		},
	}
}

// queueing holds response times against what a simulation of the queue gives
// for the same arrivals and delays.
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
	var first atomic.Int64 // the smallest number a message had
	first.Store(math.MaxInt64)
	s, err := t.serveLab(labserver.Plain, func(verb string, seq int64) time.Duration {
		if verb == "mail" && seq < first.Load() { // the first is alone in being it
			first.Store(seq)
		}
		return k.delay(verb, seq)
	})
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, s.stop()) }()
	a, r, err := t.observe(ctx, k.load, s.port, "")
	if err != nil {
		return 0, err
	}
	due := dues(k.load)
	// What a message takes beside the delay is taken from the wire.
	messages := a.Distributions()[wire.Message]
	base := max(messages.P50-k.usual, 0)
	expected := wire.Distribute(queue.Responses(due, k.load.sessions, k.service(base, first.Load())))

	told := r.phase(string(wire.Message))
	fmt.Fprintf(w, "\n%s: %.0f messages/s, %d sessions, %v beside the delay\n", k.name, k.load.rate, k.load.sessions, base)
	printVerdict(w, r)
	if told.Response == nil {
		fmt.Fprintln(w, "no response times were told: not ok")
		return 1, nil
	}
	if told.Count != expected.Count {
		fmt.Fprintf(w, "%d messages were told, and %d due: not ok\n", told.Count, expected.Count)
		missed++
	}
	return missed + printQueue(w, expected, *told.Response, told.Service), nil
}

// printQueue prints expected and told response times, and service times, which
// must not pass for them.
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

// closedLoop checks that no response time is told where nothing was due.
func (t *truth) closedLoop(ctx context.Context, w io.Writer) (missed int, failure error) {
	s, err := t.serveLab(labserver.Plain, labserver.At("rcpt", 50*time.Millisecond))
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, s.stop()) }()
	r, err := t.gauge(ctx, load{sessions: 4, length: 2 * time.Second, size: 1024}, s.port, "")
	if err != nil {
		return 0, err
	}
	verdict := "has no response time: ok"
	if told := r.phase(string(wire.Message)); told.Response != nil || told.Lag != nil {
		verdict, missed = "tells a response time: not ok", 1
	}
	fmt.Fprintf(w, "\nclosed loop %s\n", verdict)
	return missed, nil
}

// dues is when each arrival of an open load is due, from its start. The
// schedule is a function of the scenario's seed, the flow's name and the
// round, mixed as the engine mixes them: were it otherwise, no expectation
// would hold.
func dues(l load) []time.Duration {
	process := pace.Uniform
	if l.poisson {
		process = pace.Poisson
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%s/%d", seed, flow, 0)
	rate := pace.Rate(math.Round(l.rate)) // as it stands in the scenario
	schedule := pace.New([]pace.Stage{{For: l.length, From: rate, To: rate}}, process, h.Sum64())
	var due []time.Duration
	for n := int64(0); ; n++ {
		at, ok := schedule.At(n)
		if !ok {
			return slices.Clip(due)
		}
		due = append(due, at)
	}
}
