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

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/bench/internal/truth/queue"
	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

// closeness is how far response times may be off what queueing says.
const closeness = 0.01

// A known behaviour is a server's delays, for the lab server to act on and for
// the simulation to repeat.
type known struct {
	name  string
	delay func(seq int64) time.Duration // of a message, all its replies together
	verb  string                        // the command it is waited at
	stall int64                         // the message that the server stalls with; 0 for none
	load  load
}

// stallFor is how long a stalling server answers nothing.
const stallFor = 2 * time.Second

// behaviours are those there are. In each the sessions are too few to serve
// every arrival at once, so that some have to wait, and enough to keep up.
func behaviours(length time.Duration) []known {
	either := labserver.Either("body", 5*time.Millisecond, 200*time.Millisecond, 10)
	constant := func(d time.Duration) func(int64) time.Duration {
		return func(int64) time.Duration { return d }
	}
	const rate = 100
	open := func(rate float64, sessions int, length time.Duration) load {
		return load{open: true, rate: rate, poisson: true, sessions: sessions, length: length, size: 1024}
	}
	return []known{
		{name: "50 ms at RCPT", verb: "rcpt", delay: constant(50 * time.Millisecond), load: open(rate, 7, length)},
		{
			// At this rate most arrivals wait: where half do not, the median
			// is at 5 ms, of which the generator's lag is a percent. It lasts
			// longer, since around the median arrivals are few.
			name: "5 ms or, one in ten, 200 ms at the final dot", verb: "body", load: open(1.4*rate, 4, 3*length),
			delay: func(seq int64) time.Duration { return either("body", seq) },
		}, {
			name: "25 ms at the final dot, and once a stall of 2 s", verb: "body", load: open(rate, 6, length),
			delay: constant(25 * time.Millisecond), stall: int64(rate * length.Seconds() / 3),
		},
	}
}

// server is the behaviour as the lab server's.
func (k known) server() labserver.Delay {
	delay := func(verb string, seq int64) time.Duration {
		if verb != k.verb {
			return 0
		}
		return k.delay(seq)
	}
	if k.stall == 0 {
		return delay
	}
	return (&labserver.Stall{Seq: k.stall, For: stallFor, Otherwise: delay}).Delay
}

// expected is what queueing says of the response times to n arrivals, of which
// the first message has the given number. messages are how long each took on
// the wire: what they took beside the known delay, on average, is added to it.
func (k known) expected(due []time.Duration, first int64, messages []time.Duration) (responses []time.Duration, beside time.Duration) {
	var sum, delays float64
	counted := 0
	for _, m := range messages {
		if m < stallFor/2 { // a stall is no part of what messages usually take
			sum += float64(m)
			counted++
		}
	}
	for n := range due {
		delays += float64(k.delay(first + int64(n)))
	}
	beside = time.Duration(max(sum/float64(max(counted, 1))-delays/float64(max(len(due), 1)), 0))
	service := func(n int, _ time.Duration) time.Duration { return beside + k.delay(first+int64(n)) }
	if k.stall > 0 {
		service = queue.Stalled(int(k.stall-first), stallFor, service)
	}
	return queue.Responses(due, k.load.sessions, service), beside
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
	a, r, err := t.observe(ctx, k.load, s.Port, "")
	if err != nil {
		return 0, err
	}
	responses, beside := k.expected(dues(k.load), first.Load(), a.Samples[wire.Message])
	expected := wire.Distribute(responses)

	told := r.phase(string(wire.Message))
	fmt.Fprintf(w, "\n%s: %.0f messages/s, %d sessions, %v beside the delay\n", k.name, k.load.rate, k.load.sessions, beside)
	printVerdict(w, r)
	if told.Response == nil {
		fmt.Fprintln(w, "no response times were told: not ok")
		return 1, nil
	}
	if told.Count != expected.Count {
		fmt.Fprintf(w, "%d messages were told, and %d due: not ok\n", told.Count, expected.Count)
		missed++
	}
	if told.Lag != nil {
		fmt.Fprintf(w, "lag as told, waiting included: p50 %v, p90 %v\n", told.Lag.P50, told.Lag.P90)
	}
	return missed + printQueue(w, expected, *told.Response, told.Service), nil
}

// lower sets a to n where that is less.
func lower(a *atomic.Int64, n int64) {
	for was := a.Load(); n < was; was = a.Load() {
		if a.CompareAndSwap(was, n) {
			return
		}
	}
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
	s, err := t.Lab(labserver.Config{Delay: labserver.At("rcpt", 50*time.Millisecond)})
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, s.Close()) }()
	r, err := t.gauge(ctx, load{sessions: 4, length: 2 * time.Second, size: 1024}, s.Port, "")
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
