//go:build linux

package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/bench/internal/truth/queue"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

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
