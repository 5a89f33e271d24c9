package loadgen

import (
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
)

// A loop carries shards out on one goroutine, with one driver, and so on one thread.
// Mostly it has one shard. If there are more shards than threads, several take turns:
// threads that take turns on a core instead would find fewer replies each time they
// wake, and to wake costs about as much as to handle a reply.
type loop struct {
	driver netdrive.Driver
	shards []*shard
	going  []*shard // those whose part of the segment goes on
}

// run takes segments until there are no more.
func (l *loop) run(segments <-chan *segment) {
	for _, s := range l.shards {
		s.begin(l.driver)
	}
	for seg := range segments {
		l.runSegment(seg)
		seg.done.Done()
	}
	for _, s := range l.shards {
		s.lastTick()
	}
	if err := l.driver.Close(); err != nil {
		s := l.shards[0]
		s.lost = append(s.lost, fmt.Sprintf("closing the generator's loop: %v", err))
	}
}

func (l *loop) runSegment(seg *segment) {
	l.driver.Now() // the last event may be long ago: a loop that ends first waits for the others
	for _, s := range l.shards {
		s.beginSegment(seg)
	}
	l.going = append(l.going[:0], l.shards...)
	for l.pass() {
		l.driver.Wait(l.next())
	}
}

// pass makes a pass of each shard whose part of the segment goes on, and tells whether
// there is any left. It writes to the loop only if one has ended: loops may be neighbours
// in memory.
func (l *loop) pass() bool {
	for i := 0; i < len(l.going); {
		if s := l.going[i]; s.pass() {
			i++
		} else {
			s.endSegment()
			l.going = slices.Delete(l.going, i, i+1)
		}
	}
	return len(l.going) > 0
}

// next returns when a shard has something to do if no byte arrives before, and when the
// next arrival is due.
func (l *loop) next() (until, due time.Duration) {
	until, due = never, never
	for _, s := range l.going {
		u, d := s.next()
		until, due = min(until, u), min(due, d)
	}
	return until, due
}
