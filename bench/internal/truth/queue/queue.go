// Package queue says how long arrivals have to wait for servers that take
// known times: what response times under open load have to come out as. It
// simulates the queue arrival by arrival and knows nothing of the generator.
package queue

import (
	"container/heap"
	"time"
)

// A Service says how long a server takes for arrival n, counted from 0, of
// which it begins at the given time. Calls come in the order of n, and begun
// never goes back.
type Service func(n int, begun time.Duration) time.Duration

// Responses returns for each arrival the time from when it was due until it was
// served, in the order of arrival. due must not decrease. Arrivals are taken in
// turn by so many servers, each serving one at a time: the queue G/G/c of the
// books, first come first served.
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

// Stalled is a service during which nothing is begun for a while, once: from
// when arrival number begins, for so long. What begins meanwhile is served
// after it.
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

// instants is a heap, the earliest first.
type instants []time.Duration

func (h instants) Len() int           { return len(h) }
func (h instants) Less(i, j int) bool { return h[i] < h[j] }
func (h instants) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *instants) Push(x any)        { *h = append(*h, x.(time.Duration)) }
func (h *instants) Pop() any          { panic("queue: servers do not leave") }
