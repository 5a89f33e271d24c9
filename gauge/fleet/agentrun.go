package fleet

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// An agentRun is an agent's part of a run.
type agentRun struct {
	number  int
	file    File
	journal *journal
	changed chan struct{} // says that tell has something new
	drain   func()
	cancel  context.CancelFunc
	gone    chan struct{} // closed when the run is over

	// Of the agent's goroutine.
	announced  bool
	sent, have int64     // octets of the file that were sent, and that have come
	progress   time.Time // when have grown last, or what is under way began to be

	mu     sync.Mutex
	order  bus.Order
	news   chan struct{} // closed when order changes
	waits  int
	begun  bool
	result *record.Run // nil as long as it goes on, and if there is none
	alone  bool        // its coordinator fell silent, and nobody ended it before
	asked  bool        // somebody has told it to end
	ended  bool
	failed string
}

// startRun begins to carry out a part. It waits for the fleet before its first segment.
func startRun(ctx context.Context, load Load, file File, o AgentOptions, order *bus.Order) *agentRun {
	ctx, cancel := context.WithCancel(ctx)
	draining := make(chan struct{})
	r := &agentRun{
		number: order.Run, file: file, journal: newJournal(file), changed: make(chan struct{}, 1), drain: sync.OnceFunc(func() { close(draining) }),
		cancel: cancel, gone: make(chan struct{}), order: *order, news: make(chan struct{}),
	}
	options := o.Run
	options.File, options.Drain, options.Shards = r.journal, draining, max(1, order.Own)
	if order.Own < o.Shards {
		options.ShardsWhy = fewerShards(order, o.Shards)
	}
	options.Part = loadgen.Part{First: order.First, All: order.Shards}
	options.Begin = func(ctx context.Context, segment int) { r.begin(ctx, segment, draining) }
	options.Place, options.Deserted = r.place, r.isDeserted
	go func() {
		defer close(r.gone)
		result, err := load.Run(ctx, options)
		r.mu.Lock()
		if r.ended, r.waits = true, 0; result != nil {
			r.result = result.Run
		}
		r.mu.Unlock()
		if err != nil {
			r.fail(err)
		}
		r.signal()
	}()
	return r
}

// begin waits until the fleet begins a segment.
func (r *agentRun) begin(ctx context.Context, segment int, draining <-chan struct{}) {
	r.mu.Lock()
	r.waits = segment + 1
	r.mu.Unlock()
	r.signal()
	for {
		r.mu.Lock()
		order, news := r.order, r.news
		r.mu.Unlock()
		var at <-chan time.Time
		if order.Segments > segment {
			wait := time.Duration(0)
			if order.Segments == segment+1 {
				wait = min(time.Until(time.Unix(0, order.At)), time.Minute)
			}
			at = time.After(wait)
		}
		select {
		case <-at:
			r.mu.Lock()
			r.waits, r.begun = 0, true
			r.mu.Unlock()
			r.signal()
			return
		case <-news:
		case <-draining:
			return
		case <-ctx.Done():
			return
		}
	}
}

// fewerShards says why an agent has fewer shards than it offers.
func fewerShards(order *bus.Order, offered int) string {
	return fmt.Sprintf("%d of %d: the load has no more to share among %d agents", order.Own, offered, order.Of)
}

// announce says, once, that the run has begun.
func (r *agentRun) announce(o AgentOptions, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.begun || r.announced {
		return
	}
	r.announced = true
	text := fmt.Sprintf("run begun: %s, part %d of %d", name, r.order.Number, r.order.Of)
	if r.order.Own < o.Shards {
		text += "; shards: " + fewerShards(&r.order, o.Shards)
	}
	o.Report(text)
}

// outcome says what a run that has ended came to.
func (r *agentRun) outcome() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.journal.length() == 0:
		return "the run has not begun"
	case r.failed != "" || r.result == nil:
		return "run failed: " + cmp.Or(r.failed, "it has no result") + "; run file: " + r.file.Name()
	}
	var sum tally.Outcomes
	for i := range r.result.Header.Flows {
		for o, n := range r.result.FlowTotal(i, sample.Steady).Outcomes {
			sum[o] += n
		}
	}
	text := "run ended: " + human.Count(sum[sample.Accepted]) + " accepted"
	for o, n := range sum {
		if o := sample.Outcome(o); o != sample.Accepted && n > 0 {
			text += ", " + human.Count(n) + " " + o.String()
		}
	}
	return text + "; run file: " + r.file.Name()
}

// place is the agent's place in the fleet, once that has begun.
func (r *agentRun) place() *record.Place {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := &r.order
	return &record.Place{
		Name: o.Name, Number: o.Number, Of: o.Of, Fleet: o.Fleet, Start: sample.Instant(o.At - o.Offset),
		Offset: time.Duration(o.Offset), OffsetError: time.Duration(o.Error),
	}
}

// obey takes an order.
func (r *agentRun) obey(m *bus.Order) {
	r.mu.Lock()
	// Only what begin and place wait for: the rest of them changes twice a second.
	if r.order.Segments != m.Segments || r.order.At != m.At || r.order.Fleet != m.Fleet {
		r.order = *m
		close(r.news)
		r.news = make(chan struct{})
	}
	r.mu.Unlock()
	if m.Drain || m.Stop {
		r.leave()
	}
	if m.Stop {
		r.cancel()
	}
}

// leave lets the load end in order: somebody wants that.
func (r *agentRun) leave() {
	r.mu.Lock()
	r.asked = true
	r.mu.Unlock()
	r.drain()
}

// desert lets the load end in order, because the coordinator is silent. What is broken off
// counts as errors.
func (r *agentRun) desert() {
	r.mu.Lock()
	r.alone = !r.asked
	r.mu.Unlock()
	r.drain()
}

func (r *agentRun) isDeserted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.alone
}

// tell adds what the run has come to.
func (r *agentRun) tell(s *bus.Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Waits, s.Ended, s.Failed = r.waits, r.ended, r.failed
	s.Length = r.journal.length()
	if err := r.journal.failure(); err != nil && s.Failed == "" {
		s.Failed = shortened("its run file is not whole: " + err.Error())
	}
	if r.ended {
		s.SHA256 = r.journal.digest()
	}
}

func (r *agentRun) hasEnded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

func (r *agentRun) signal() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

func (r *agentRun) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == "" {
		r.failed = shortened(err.Error())
	}
}

// end stops the run, waits for it, and closes its file. The error says why that is not whole.
func (r *agentRun) end() error {
	r.cancel()
	<-r.gone
	closed := r.file.Close()
	return cmp.Or(r.journal.failure(), closed)
}

// shortened makes a text fit a message. What is not UTF-8 would get longer on the way.
func shortened(text string) string {
	const most = 1000
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + " ..."
}

// A journal writes an agent's file, and knows how much of it there is.
type journal struct {
	file  File
	wrote chan struct{}

	mu   sync.Mutex
	size int64
	sum  hash.Hash
	err  error // the first in writing
}

func newJournal(f File) *journal {
	return &journal{file: f, wrote: make(chan struct{}, 1), sum: sha256.New()}
}

// Write implements io.Writer. What could not be written in full does not count.
func (j *journal) Write(p []byte) (int, error) {
	n, err := j.file.Write(p)
	if err == nil && n < len(p) {
		err = errors.New("short write")
	}
	j.mu.Lock()
	j.size += int64(n)
	j.sum.Write(p[:n])
	j.err = cmp.Or(j.err, err)
	j.mu.Unlock()
	select {
	case j.wrote <- struct{}{}:
	default:
	}
	return n, err
}

func (j *journal) length() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.size
}

// failure is why the file does not have all that it should.
func (j *journal) failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

func (j *journal) digest() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return hex.EncodeToString(j.sum.Sum(nil))
}
