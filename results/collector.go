package results

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A Collector makes a Run of what the shards of one run record, and writes the
// run file while it does.
type Collector struct {
	run        *Run
	out        *fileWriter
	onInterval func(*Interval)
	recorders  []*recorder
	reached    []int64 // the last interval of each shard
	pending    map[int64]*frame
	progress   []flowProgress // by flow
	done       chan struct{}

	mu     sync.Mutex
	queue  []*batch // from the shards; not bounded, since a shard must never wait
	free   []*batch
	closed bool
	wake   chan struct{}
}

// NewCollector writes the header to w and starts collecting for as many
// shards. onInterval, where not nil, is called about once a second from the
// collector's goroutine. The error is that of writing the header, or says that
// Read would refuse the file: better before the measurement than after it.
//
// Afterwards an error in writing does not end the measurement: Close returns
// it.
func NewCollector(w io.Writer, h Header, p *loadgen.Plan, shards int, onInterval func(*Interval)) (*Collector, error) {
	if err := h.check(); err != nil {
		return nil, fmt.Errorf("run file: %w", err)
	}
	h.ID = newID()
	c := &Collector{
		run: newRun(h), out: &fileWriter{w: w}, onInterval: onInterval, pending: map[int64]*frame{},
		reached: make([]int64, shards), progress: make([]flowProgress, len(p.Flows)),
		done: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	c.out.header(&c.run.Header)
	if err := c.out.flush(); err != nil {
		return nil, err
	}
	for range shards {
		c.recorders = append(c.recorders, &recorder{collector: c, current: newBatch()})
	}
	go c.collect()
	return c, nil
}

// Recorder returns the recorder of a shard.
func (c *Collector) Recorder(shard int) loadgen.Recorder { return c.recorders[shard] }

// Close waits until all is collected, ends the run file, and returns the run.
// The run is there also beside an error, which is the first one in writing.
func (c *Collector) Close(rep *loadgen.Report, g Generator) (*Run, error) {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.signal()
	<-c.done
	c.run.finish(rep, g)
	c.out.closing(c.run)
	return c.run, c.out.flush()
}

// swap takes a full batch and gives an empty one.
func (c *Collector) swap(b *batch) *batch {
	c.mu.Lock()
	c.queue = append(c.queue, b)
	var next *batch
	if n := len(c.free); n > 0 {
		next, c.free = c.free[n-1], c.free[:n-1]
	}
	c.mu.Unlock()
	c.signal()
	if next == nil {
		next = newBatch()
	}
	return next
}

func (c *Collector) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Collector) collect() {
	defer close(c.done)
	for closed := false; !closed; {
		<-c.wake
		c.mu.Lock()
		queue := c.queue
		c.queue, closed = nil, c.closed
		c.mu.Unlock()
		for _, b := range queue {
			c.take(b)
		}
	}
	c.emit(1<<62 - 1)
}

// take sorts a shard's batch into its interval, and emits the intervals that
// no shard will add to any more.
func (c *Collector) take(b *batch) {
	t := &b.tick
	n := c.interval(t)
	f := c.pending[n]
	if f == nil {
		f = newFrame(n, len(c.run.Header.Flows))
		c.pending[n] = f
	}
	f.absorb(b)
	c.reached[t.Shard] = n
	if t.Last {
		c.reached[t.Shard] = 1<<62 - 1
	}
	b.reset()
	c.mu.Lock()
	c.free = append(c.free, b)
	c.mu.Unlock()

	upTo := c.reached[0]
	for _, r := range c.reached {
		upTo = min(upTo, r)
	}
	c.emit(upTo)
}

// interval numbers the seconds of the run. Ticks come a little after the full
// second, the last one at any time.
func (c *Collector) interval(t *loadgen.Tick) int64 {
	since := t.To.Sub(smtpwire.Instant(c.run.Header.Started.UnixNano()))
	if t.Last {
		return int64(since/time.Second) + 1
	}
	return int64((since + time.Second/2) / time.Second)
}

// emit writes the pending intervals up to number n, in order.
func (c *Collector) emit(n int64) {
	for len(c.pending) > 0 {
		first := int64(1<<62 - 1)
		for k := range c.pending {
			first = min(first, k)
		}
		if first > n {
			return
		}
		f := c.pending[first]
		delete(c.pending, first)
		c.out.interval(f, &c.run.Header)
		c.out.greetings(c.run.hear(f.heard), &c.run.Header)
		_ = c.out.flush() // kept by the writer, for Close
		c.run.absorb(f)
		c.follow(f)
	}
}
