// Package servers has mail servers in virtual time, to find the capacity of: queues whose
// parameters are drawn at random, and whose capacity queueing theory says.
package servers

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
)

// A Server takes messages in order of arrival. It is a capacity.Server whose trials take no
// real time. It is for one search: its time goes on from trial to trial.
type Server struct {
	Random  *rand.Rand
	Workers int                                         // each has one message at a time
	Service func(s *Server, now float64, n int) float64 // how long a message takes, in s, that finds n before it at now
	Poisson bool                                        // messages arrive at random, not at equal distances
	Goal    capacity.Goal                               // the only one
	Now     float64                                     // all trials so far together, in s

	slow bool // for a service that changes
}

// between is how long a server rests between trials, in s.
const between = 2

// Try is the Try of a capacity.Server.
func (s *Server) Try(_ context.Context, rate float64, length time.Duration, enough func([]capacity.Block) bool) (capacity.Measured, error) {
	t := trial{free: make([]float64, s.Workers), bad: map[int]capacity.Count{}}
	s.slow = false
	arrival := s.Random.Float64() / rate
	for second := range int(length.Seconds()) {
		due := int64(0)
		for ; arrival < float64(second+1); due++ {
			t.take(s, arrival)
			if s.Poisson {
				arrival += s.Random.ExpFloat64() / rate
			} else {
				arrival += 1 / rate
			}
		}
		if t.end(second, due); enough(t.blocks) {
			break
		}
	}
	// The server drains.
	took := max(slices.Max(t.free), float64(len(t.blocks))) + between
	s.Now += took
	return capacity.Measured{Blocks: t.blocks, Took: time.Duration(took * float64(time.Second))}, nil
}

// A trial is one load of a Server. Its times are in seconds since it began.
type trial struct {
	free   []float64 // when each worker will be idle
	done   []float64 // when messages that may be under way are done, sorted
	blocks []capacity.Block
	bad    map[int]capacity.Count // of messages that are done, by second
}

// take is the arrival of a message.
func (t *trial) take(s *Server, at float64) {
	gone, _ := slices.BinarySearch(t.done, at)
	t.done = t.done[gone:]
	w := 0
	for k := range t.free {
		if t.free[k] < t.free[w] {
			w = k
		}
	}
	begun := max(at, t.free[w])
	t.free[w] = begun + s.Service(s, s.Now+begun, len(t.done))
	n, _ := slices.BinarySearch(t.done, t.free[w])
	t.done = slices.Insert(t.done, n, t.free[w])
	c := t.bad[int(t.free[w])]
	c.N++
	if t.free[w]-at > s.Goal.Limit.Seconds() {
		c.Bad++
	}
	t.bad[int(t.free[w])] = c
}

// end is the end of a second.
func (t *trial) end(second int, due int64) {
	n, _ := slices.BinarySearch(t.done, float64(second+1))
	t.blocks = append(t.blocks, capacity.Block{Due: due, Waiting: int64(len(t.done) - n), Goals: []capacity.Count{t.bad[second]}})
}
