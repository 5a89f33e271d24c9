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

// A known behaviour is the delays of a server. The lab server has them, and the simulation
// repeats them.
type known struct {
	name  string
	delay func(seq int64) time.Duration // of a message, all its replies together
	verb  string                        // the command whose reply has the delay
	stall int64                         // the message with which the server stalls; 0 for none
	load  load
}

// stallFor is how long a stalling server answers nothing.
const stallFor = 2 * time.Second

// behaviours returns all known behaviours. In each there are enough sessions to keep up, but
// too few to serve every arrival at once, so some have to wait.
func behaviours(length time.Duration) []known {
	either := labserver.Either("body", 5*time.Millisecond, 200*time.Millisecond, 10)
	constant := func(d time.Duration) func(int64) time.Duration {
		return func(int64) time.Duration { return d }
	}
	const rate = 100
	open := func(rate float64, sessions int, length time.Duration) load {
		return load{open: true, rate: rate, process: pace.Poisson, sessions: sessions, length: length, size: 1024}
	}
	return []known{
		{name: "50 ms at RCPT", verb: "rcpt", delay: constant(50 * time.Millisecond), load: open(rate, 7, length)},
		{
			// At this rate most arrivals wait. If half did not, the median would be
			// 5 ms, of which the generator's lag is a percent. The load lasts
			// longer, because there are few arrivals around the median.
			name: "5 ms or, one in ten, 200 ms at the final dot", verb: "body", load: open(1.4*rate, 4, 3*length),
			delay: func(seq int64) time.Duration { return either("body", seq) },
		}, {
			name: "25 ms at the final dot, and once a stall of 2 s", verb: "body", load: open(rate, 6, length),
			delay: constant(25 * time.Millisecond), stall: int64(rate * length.Seconds() / 3),
		},
	}
}

// server returns the behaviour for the lab server.
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

// expected returns the response times that the simulation of the queue gives. due are the
// arrivals, and first is the number of the first message. messages has how long each message
// took on the wire. The average of what they took beside the known delay is returned too, and
// is a part of each service time.
func (k known) expected(due []time.Duration, first int64, messages []time.Duration) (responses []time.Duration, beside time.Duration) {
	var sum, delays float64
	counted := 0
	for _, m := range messages {
		if m < stallFor/2 { // otherwise it has the stall in it
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

// dues returns when each arrival of an open load is due, from its start. The schedule is a
// function of the scenario's seed, the flow's name and the round, mixed as the engine mixes
// them. If the engine changes that, all checks of times fail.
func dues(l load) []time.Duration {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%s/%d", seed, flow, 0)
	rate := pace.Rate(math.Round(l.rate)) // as it stands in the scenario
	schedule := pace.New([]pace.Stage{{For: l.length, From: rate, To: rate}}, l.process, h.Sum64())
	var due []time.Duration
	for n := int64(0); ; n++ {
		at, ok := schedule.At(n)
		if !ok {
			return slices.Clip(due)
		}
		due = append(due, at)
	}
}
