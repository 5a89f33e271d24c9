package record

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
)

// A Collector makes a Run of what the shards of one run record, and writes the
// run file meanwhile. The older a run is, the longer its intervals are in the file: see
// package grain. A Progress comes once a second all the same.
//
// It may fall behind if the cores or the disk are busy with other work. A shard
// does not wait for it, and no queue grows: what is recorded next joins the
// interval that the Collector has not taken yet. That interval is then longer than
// a second, and fewer intervals are less work.
type Collector struct {
	folder
	reporter  reporter
	recorders []*recorder
	reached   []int64             // the number of the last interval of each shard
	pending   []*frame            // those that some shard may still add to, in order
	ended     map[int]sample.Tick // the last tick of each shard that has ended
	done      chan struct{}

	mu     sync.Mutex
	full   []*batch // to be taken: of each shard one at most, and its last
	empty  []*batch
	taken  sample.Instant // all up to here is in the file, or in the interval that is written next
	behind time.Duration  // the most that the file was behind a shard
	closed bool
	wake   chan struct{}
}

// NewCollector writes the header to w and starts collecting for that many shards.
// It calls onInterval, unless that is nil, about once a second from a goroutine of
// its own. The error is that of writing the header, or says that Read would refuse
// the file: better before the measurement than after it.
//
// A later error in writing does not end the measurement: Close returns it.
func NewCollector(w io.Writer, h Header, p *loadgen.Plan, shards int, onInterval func(*Progress)) (*Collector, error) {
	if err := h.check(); err != nil {
		return nil, fmt.Errorf("run file: %w", err)
	}
	h.ID = newID()
	c := &Collector{
		folder: newFolder(w, h), ended: map[int]sample.Tick{}, reached: make([]int64, shards),
		taken: sample.Instant(h.Started.UnixNano()), done: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	c.reporter = newReporter(&c.run.Header, onInterval, &c.seen)
	c.out.header(&c.run.Header)
	if err := c.out.flush(); err != nil {
		return nil, err
	}
	for range shards {
		c.recorders = append(c.recorders, &recorder{collector: c, current: newBatch(), reached: make([]int, len(p.Flows))})
	}
	go c.collect()
	return c, nil
}

// Recorder returns the recorder of a shard.
func (c *Collector) Recorder(shard int) sample.Recorder { return c.recorders[shard] }

// Close waits until all is collected, ends the run file, and returns the run. The
// error is the first one in writing; the run is returned all the same.
func (c *Collector) Close(rep *sample.Report, g generator.Usage) (*Run, error) {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.signal()
	<-c.done
	c.takeServer()
	c.takeAnswers()
	c.run.finish(rep, g)
	c.run.Closing.Behind = c.behind
	c.out.closing(c.run)
	err := c.out.flush()
	c.run.unwritten = errors.Unwrap(err)
	return c.run, err
}

// swap takes a batch that t ended and gives an empty one. If the shard's batch
// before it still waits, it takes none, unless it is the shard's last: the shard
// goes on with the batch it has.
func (c *Collector) swap(b *batch, t *sample.Tick) (empty *batch, taken bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.behind = max(c.behind, t.From.Sub(c.taken))
	if !t.Last && slices.ContainsFunc(c.full, func(waiting *batch) bool { return waiting.tick.Shard == t.Shard }) {
		return nil, false
	}
	c.full = append(c.full, b)
	c.signal()
	if n := len(c.empty); n > 0 {
		empty, c.empty = c.empty[n-1], c.empty[:n-1]
		return empty, true
	}
	return newBatch(), true
}

func (c *Collector) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Collector) collect() {
	defer close(c.done)
	for {
		c.mu.Lock()
		var next *batch
		if len(c.full) > 0 {
			next = c.full[0]
			c.full = slices.Delete(c.full, 0, 1)
		}
		closed := c.closed
		c.mu.Unlock()
		switch {
		case next != nil:
			c.take(next)
		case closed:
			c.emit(afterAll)
			c.write()
			return
		default:
			<-c.wake
		}
	}
}

// afterAll is a number that no interval reaches.
const afterAll = math.MaxInt64

// take sorts a shard's batch into its interval, and emits the intervals that
// no shard will add to any more.
func (c *Collector) take(b *batch) {
	t := b.tick
	n := c.secondAt(t.To)
	if t.Last {
		n = c.secondOf(t.To)
	}
	c.frame(c.secondAt(t.From), n).absorb(b)
	c.reached[t.Shard] = n
	if t.Last {
		c.reached[t.Shard] = afterAll
	}
	b.reset()
	c.mu.Lock()
	c.empty = append(c.empty, b)
	c.mu.Unlock()
	c.emit(slices.Min(c.reached))
}

// secondAt is the number, from 1, of the second that ends at t: the nearest, as
// ticks come a little after the full second.
func (c *Collector) secondAt(t sample.Instant) int64 {
	return int64((c.sinceStart(t) + time.Second/2) / time.Second)
}

// secondOf is the number of the second that t is in. A shard's last tick comes at
// any time.
func (c *Collector) secondOf(t sample.Instant) int64 {
	return int64(c.sinceStart(t)/time.Second) + 1
}

func (c *Collector) sinceStart(t sample.Instant) time.Duration { return c.reporter.sinceStart(t) }

// maxPending bounds the frames that wait for a shard which has not come to them
// yet. What the others record after those becomes one interval.
const maxPending = 8

// frame returns the frame of the interval that ends with second n, for a shard that
// recorded since second after. It takes in the frames in between, whose seconds the
// shard has in one batch.
func (c *Collector) frame(after, n int64) *frame {
	i, _ := slices.BinarySearchFunc(c.pending, n, func(f *frame, n int64) int { return cmp.Compare(f.number, n) })
	switch {
	case i < len(c.pending):
	case i < maxPending:
		c.pending = append(c.pending, newFrame(n, c.run.staged))
	default:
		i--
		c.pending[i].number = n
	}
	f, first := c.pending[i], i
	for first > 0 && c.pending[first-1].number > after {
		first--
		f.prepend(c.pending[first])
	}
	c.pending = slices.Delete(c.pending, first, i)
	return f
}

// emit passes on the pending seconds up to number n, in order.
func (c *Collector) emit(n int64) {
	for len(c.pending) > 0 && c.pending[0].number <= n {
		f := c.pending[0]
		c.pending = slices.Delete(c.pending, 0, 1)
		f.settle(c.ended)
		c.fold(f)
		c.reporter.report(f, c.run.gauges, nil)
		c.mu.Lock()
		c.taken = f.to
		c.mu.Unlock()
	}
}
