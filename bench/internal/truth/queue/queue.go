// Package queue computes the response times under open load for servers whose service times are
// known. It simulates the queue arrival by arrival, and knows nothing of the generator.
package queue

import (
	"container/heap"
	"time"
)

// A Service returns how long a server takes for arrival n, counted from 0, if it begins at a given
// time. Calls come in the order of n, and begun never goes back.
type Service func(n int, begun time.Duration) time.Duration

// Responses returns for each arrival the time from when it was due until it was served, in the
// order of arrival. due must not decrease. There are so many servers; each serves one arrival at a
// time, first come first served. That is the queue G/G/c of queueing theory.
func Responses(due []time.Duration, servers int, service Service) []time.Duration {
	free := make(instants, servers) // when each server is free; all are at first
	responses := make([]time.Duration, len(due))
	for n, at := range due {
		begun := max(at, free[0])
		free[0] = begun + service(n, begun)
		responses[n] = free[0] - at
		heap.Fix(&free, 0)
	}
	return responses
}

// Stalled returns a service with one stall, which begins with an arrival and lasts long. What begins
// meanwhile is served after the stall.
func Stalled(number int, long time.Duration, service Service) Service {
	var over time.Duration // no stall yet
	stalled := false
	return func(n int, begun time.Duration) time.Duration {
		if n >= number && !stalled {
			stalled, over = true, begun+long
		}
		return max(over-begun, 0) + service(n, begun)
	}
}

// instants is a heap with the earliest time first.
type instants []time.Duration

func (h instants) Len() int           { return len(h) }
func (h instants) Less(i, j int) bool { return h[i] < h[j] }
func (h instants) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *instants) Push(x any)        { *h = append(*h, x.(time.Duration)) }
func (h *instants) Pop() any          { panic("queue: servers do not leave") }
