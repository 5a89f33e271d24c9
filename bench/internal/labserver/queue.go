package labserver

import (
	"sync"
	"time"
)

// A Queue takes messages one at a time, in the order in which their final dots come in,
// so that the capacity of a server is known: it is what Service says.
type Queue struct {
	Service func(waiting time.Duration) time.Duration // of a message that finds so much work before it

	mu   sync.Mutex
	free time.Time // when all work there is will be done
}

// Delay is the Queue as a Delay.
func (q *Queue) Delay(verb string, _ int64) time.Duration {
	if verb != "body" {
		return 0
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if q.free.Before(now) {
		q.free = now
	}
	q.free = q.free.Add(q.Service(q.free.Sub(now)))
	return q.free.Sub(now)
}
