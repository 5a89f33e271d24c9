package console

import (
	"io"
	"sync"
	"time"
)

// maxBacklog bounds the text that waits for a reader, in octets. It is more than a
// command writes.
const maxBacklog = 64 << 10

// flushLimit is how long flush waits for a reader who does not read.
const flushLimit = time.Second

// A backlog passes text on to a writer that may be slow, or never return: a pager
// that was stopped, a pipe that nobody reads, a terminal on hold. Those who write
// do not wait for it. Text is lost if too much of it waits, or if it cannot be
// written at all.
type backlog struct {
	w io.Writer

	mu      sync.Mutex
	waiting []byte
	done    chan struct{} // closed once all is written; nil if nothing waits
	stuck   bool          // a flush ran out of time, and nothing was read since
}

// put adds a text. It is false if there is no room; then the text is lost.
func (b *backlog) put(text []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting)+len(text) > maxBacklog {
		return false
	}
	b.waiting = append(b.waiting, text...)
	if b.done == nil {
		b.done = make(chan struct{})
		go b.pass(b.done)
	}
	return true
}

// pass writes what waits, until nothing does.
func (b *backlog) pass(done chan struct{}) {
	for {
		b.mu.Lock()
		text := b.waiting
		b.waiting = nil
		if len(text) == 0 {
			b.done = nil
			close(done)
			b.mu.Unlock()
			return
		}
		b.mu.Unlock()
		_, _ = b.w.Write(text) // there is nowhere to report an error
		b.mu.Lock()
		b.stuck = false
		b.mu.Unlock()
	}
}

// empty reports whether nothing waits.
func (b *backlog) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.done == nil
}

// flush waits until all is written, for flushLimit at most. If that was in vain
// and nothing was read since, it does not wait again.
func (b *backlog) flush() {
	b.mu.Lock()
	done, stuck := b.done, b.stuck
	b.mu.Unlock()
	if done == nil || stuck {
		return
	}
	limit := time.NewTimer(flushLimit)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
		b.mu.Lock()
		b.stuck = true
		b.mu.Unlock()
	}
}
