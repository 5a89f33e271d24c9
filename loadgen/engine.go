package loadgen

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// Options say how a run is carried out, as far as it is not the plan's matter.
// The zero value is the platform's best.
type Options struct {
	// Shards is how many loops share the load, a thread each; 0 means 1. A
	// shard's part is a pure function of the plan, its index and the number of
	// shards.
	Shards int
	// NewDriver makes a shard's driver; nil means netdrive.New.
	NewDriver func(epoch time.Time) (netdrive.Driver, error)
	// Resolve looks up the addresses of a host; nil means netdrive.Resolve.
	Resolve Resolver
	// More is asked before each message of the load proper begins, and under
	// open load when its arrival is due. The first false ends the load of that
	// flow's round in order, and ends the asking. So a load can be given out one
	// by one, as testing.B does; the plan's own end counts as well, and need not
	// be there. nil is always true. It is called from the shards' goroutines,
	// and may block, which holds up its shard and no time that is measured.
	More func() bool
}

// An Engine runs one plan, once.
type Engine struct {
	plan    *Plan
	options Options
	record  func(shard int) sample.Recorder
	sources []*mail.Source // by flow
	tls     []*tls.Config  // by flow
	secrets *smtpwire.Secrets
	mode    atomic.Int32
	shards  []*shard
	started chan struct{} // closed when shards can be woken
}

// How far a run is to go on.
const (
	running  int32 = iota
	draining       // nothing new; finish what is under way
	stopping       // end now
)

// New prepares a run: it renders what mail can be rendered ahead. record gives
// each shard its Recorder.
func New(p *Plan, record func(shard int) sample.Recorder, o Options) (*Engine, error) {
	if len(p.Flows) == 0 {
		return nil, errors.New("the plan has no flow")
	}
	if o.Shards == 0 {
		o.Shards = 1
	}
	if o.NewDriver == nil {
		o.NewDriver = netdrive.New
	}
	e := &Engine{plan: p, options: o, record: record, secrets: p.secrets(), started: make(chan struct{})}
	for i := range p.Flows {
		source, err := mail.New(p.Flows[i].Mail)
		if err != nil {
			return nil, fmt.Errorf("flow %s: %w", p.Flows[i].Name, err)
		}
		e.sources = append(e.sources, source)
		e.tls = append(e.tls, p.Flows[i].Target.tlsConfig())
	}
	return e, nil
}

// Drain lets no session and no message begin from now on; Run returns when
// what is under way has ended. It may be called from any goroutine, at any
// time.
func (e *Engine) Drain() { e.turn(draining) }

func (e *Engine) turn(mode int32) {
	for {
		old := e.mode.Load()
		if old >= mode || e.mode.CompareAndSwap(old, mode) {
			break
		}
	}
	select {
	case <-e.started:
		for _, s := range e.shards {
			s.driver.Wake()
		}
	default: // Run looks at the mode before anything starts
	}
}

// Run carries out the plan and returns when all of it is recorded. Canceling
// ctx stops it at once; what was measured is kept, and the error is nil: the
// report says that the run was interrupted. A target that turns out to be
// somebody else's ends the run before anything connects to it: the error is a
// *netdrive.StrangerError, or the report says so where something was measured
// before.
func (e *Engine) Run(ctx context.Context) (*sample.Report, error) {
	epoch := time.Now()
	segments, wait, err := e.startShards(epoch)
	if err != nil {
		return nil, err
	}
	release := context.AfterFunc(ctx, func() { e.turn(stopping) })
	defer release()

	report := &sample.Report{Started: sample.Instant(epoch.UnixNano()), Shards: len(e.shards)}
	ran, err := e.goThrough(ctx, segments)
	for _, c := range segments {
		close(c)
	}
	wait()
	if err != nil && ran == 0 {
		return nil, err
	}
	report.Ended = sample.Instant(time.Now().UnixNano())
	report.Interrupted = e.mode.Load() != running
	if err != nil {
		report.Lost = err.Error() + ", and was not connected to"
	}
	var stamped, bare int64
	for _, s := range e.shards {
		s.tell(report)
		stamped, bare = stamped+s.stamped, bare+s.bare
	}
	report.Clock = sample.ClockOf(stamped, bare)
	return report, nil
}

// goThrough runs the segments of the plan, and says how many. The error is that
// of a target which must not be loaded: there the run ends.
func (e *Engine) goThrough(ctx context.Context, shards []chan *segment) (ran int, err error) {
	for round := range max(1, e.plan.Rounds) {
		for _, flows := range e.turns() {
			if e.mode.Load() != running {
				return ran, nil
			}
			if err := e.runSegment(ctx, shards, &segment{round: round, flows: flows}); err != nil {
				return ran, err
			}
			ran++
		}
	}
	return ran, nil
}

// startShards starts a goroutine a shard, each taking segments from a channel.
// wait waits for them after the channels are closed.
func (e *Engine) startShards(epoch time.Time) (segments []chan *segment, wait func(), err error) {
	var group sync.WaitGroup
	ready := make(chan error)
	for i := range e.options.Shards {
		s := &shard{engine: e, plan: e.plan, index: i, count: e.options.Shards, recorder: e.record(i)}
		c := make(chan *segment)
		e.shards, segments = append(e.shards, s), append(segments, c)
		group.Go(func() {
			// The driver belongs to the goroutine, and so to its thread.
			driver, err := e.options.NewDriver(epoch)
			s.driver = driver
			ready <- err
			if err == nil {
				s.run(c)
			}
		})
	}
	for range e.shards {
		err = errors.Join(err, <-ready)
	}
	if err != nil {
		for _, c := range segments {
			close(c)
		}
		group.Wait()
		return nil, nil, err
	}
	close(e.started)
	return segments, group.Wait, nil
}

// turns is which flows run together: all, or one after the other.
func (e *Engine) turns() [][]int {
	var all []int
	var each [][]int
	for i := range e.plan.Flows {
		all, each = append(all, i), append(each, []int{i})
	}
	if e.plan.InTurn {
		return each
	}
	return [][]int{all}
}

// A segment is some flows running together, once.
type segment struct {
	round   int
	flows   []int
	targets []target // by position in flows
	done    sync.WaitGroup
}

func (e *Engine) runSegment(ctx context.Context, shards []chan *segment, seg *segment) error {
	for _, i := range seg.flows {
		t, err := e.resolve(ctx, &e.plan.Flows[i])
		if err != nil {
			return err
		}
		seg.targets = append(seg.targets, t)
	}
	seg.done.Add(len(shards))
	for _, c := range shards {
		c <- seg
	}
	seg.done.Wait()
	return nil
}

// seedFor derives an independent seed from the plan's.
func (p *Plan) seedFor(flow string, round int) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%s/%d", p.Seed, flow, round)
	return h.Sum64()
}
