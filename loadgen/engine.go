package loadgen

import (
	"context"
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

// Options say how a run is carried out, as far as the plan does not. The zero
// value is best on every platform.
type Options struct {
	// Shards is among how many the load is shared; 0 means 1.
	Shards int
	// Threads is how many threads the shards have at the most; 0 means one each.
	// More than there are cores make each message dearer.
	Threads int
	// Part is the place of these shards among those of other engines; the zero
	// value means that there are no others.
	Part Part
	// NewDriver makes a shard's driver; nil means netdrive.New.
	NewDriver func(epoch time.Time) (netdrive.Driver, error)
	// Resolve looks up the addresses of a host; nil means netdrive.Resolve.
	Resolve Resolver
	// More is called before each message after the warm-up, and under open load
	// when its arrival is due. If it returns false, the load of that flow's
	// round ends in order, and More is not called for it again. So the caller
	// can give out a load message by message, as testing.B needs it. The load
	// may also end as the plan says, but the plan need not say so. nil means
	// that there is always more. The shards' goroutines call More. It may
	// block: the shards of its thread then wait, but no time that is measured
	// contains it.
	More func() bool
	// Begin is called before each segment but the first, counted from 0, and the
	// segment begins when it returns. So several engines begin them at the same time.
	// It has to return when ctx ends or the engine drains. nil begins at once.
	Begin func(ctx context.Context, segment int)
}

// DescriptorsOfShard is how many descriptors a shard has beside its sessions, at the
// most: those of a thread.
const DescriptorsOfShard = 4

// An Engine runs one plan, once.
type Engine struct {
	plan    *Plan
	options Options
	record  func(shard int) sample.Recorder
	sources []*mail.Source // by flow
	secrets *smtpwire.Secrets
	mode    atomic.Int32
	shards  []*shard
	loops   []*loop
	started chan struct{} // closed when loops can be woken
}

// The modes of a run, which only grow.
const (
	running  int32 = iota
	draining       // begin nothing new, and finish what is under way
	stopping       // end now
)

// New prepares a run: it renders ahead what it can of the mail. record returns
// the Recorder of each shard, counted from 0 in this engine. The error is that of a
// plan without flows, of a Part that has no room for the shards, or of the first flow
// whose mail cannot be made; then errors.As finds a *mail.OptionError.
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
	if err := o.Part.check(o.Shards); err != nil {
		return nil, err
	}
	e := &Engine{plan: p, options: o, record: record, secrets: p.Secrets(), started: make(chan struct{})}
	for i := range p.Flows {
		source, err := mail.New(p.Flows[i].Mail)
		if err != nil {
			return nil, fmt.Errorf("flow %s: %w", p.Flows[i].Name, err)
		}
		e.sources = append(e.sources, source)
	}
	return e, nil
}

// Drain makes the engine begin no session and no message any more. Run returns
// when those under way have ended. Drain may be called from any goroutine, at any
// time.
func (e *Engine) Drain() { e.raiseMode(draining) }

// raiseMode sets the mode, unless a higher one is set already.
func (e *Engine) raiseMode(mode int32) {
	for {
		old := e.mode.Load()
		if old >= mode || e.mode.CompareAndSwap(old, mode) {
			break
		}
	}
	select {
	case <-e.started:
		for _, l := range e.loops {
			l.driver.Wake()
		}
	default: // Run reads the mode before anything starts
	}
}

// Run carries out the plan and returns when all of it is recorded. If ctx is
// canceled, Run stops at once and keeps what was measured; the error is nil, and
// the report says that the run was interrupted. A target that cannot be looked up
// is no error either: its flow measures nothing, and Report.Lost says why.
//
// The engine never connects to an address that is not the user's to load (see
// Plan.LookUp). If a look-up finds one, the run ends. If nothing was measured
// before, errors.As finds a *netdrive.StrangerError in the error of Run. Otherwise
// the report says so.
func (e *Engine) Run(ctx context.Context) (*sample.Report, error) {
	epoch := time.Now()
	segments, wait, err := e.startLoops(epoch)
	if err != nil {
		return nil, err
	}
	release := context.AfterFunc(ctx, func() { e.raiseMode(stopping) })
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
		s.addTo(report)
		stamped, bare = stamped+s.stamped, bare+s.bare
	}
	report.Clock = sample.ClockOf(stamped, bare)
	return report, nil
}

// goThrough runs the segments of the plan, and returns how many it ran. A target
// that must not be loaded ends the run with an error.
func (e *Engine) goThrough(ctx context.Context, loops []chan *segment) (ran int, err error) {
	for round := range max(1, e.plan.Rounds) {
		for _, flows := range e.segmentFlows() {
			if ran > 0 && e.options.Begin != nil {
				e.options.Begin(ctx, ran)
			}
			if e.mode.Load() != running {
				return ran, nil
			}
			if err := e.runSegment(ctx, loops, &segment{round: round, flows: flows}); err != nil {
				return ran, err
			}
			ran++
		}
	}
	return ran, nil
}

// startLoops starts a goroutine for each loop, which takes segments from a channel. wait
// waits for the goroutines after the channels are closed.
func (e *Engine) startLoops(epoch time.Time) (segments []chan *segment, wait func(), err error) {
	e.makeLoops()
	var group sync.WaitGroup
	ready := make(chan error)
	for _, l := range e.loops {
		c := make(chan *segment)
		segments = append(segments, c)
		group.Go(func() {
			// The driver belongs to the goroutine, and so to its thread.
			driver, err := e.options.NewDriver(epoch)
			l.driver = driver
			ready <- err
			if err == nil {
				l.run(c)
			}
		})
	}
	for range e.loops {
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

// makeLoops makes the shards, and deals them out to loops.
func (e *Engine) makeLoops() {
	threads := e.options.Shards
	if most := e.options.Threads; most > 0 {
		threads = min(threads, most)
	}
	for range threads {
		e.loops = append(e.loops, &loop{})
	}
	for i := range e.options.Shards {
		s := &shard{engine: e, plan: e.plan, index: i, place: e.options.Part.deal(i, e.options.Shards), recorder: e.record(i)}
		for i := range e.plan.Flows {
			s.tls = append(s.tls, e.plan.Flows[i].Target.tlsConfig())
		}
		e.shards = append(e.shards, s)
		l := e.loops[i%threads]
		l.shards = append(l.shards, s)
	}
}

// segmentFlows returns the flows of each segment of a round, by their indices: one
// segment with all flows, or one for each flow.
func (e *Engine) segmentFlows() [][]int {
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

// A segment is a part of a round: some flows that run at the same time.
type segment struct {
	round   int
	flows   []int
	targets []target // by position in flows
	done    sync.WaitGroup
}

func (e *Engine) runSegment(ctx context.Context, loops []chan *segment, seg *segment) error {
	for _, i := range seg.flows {
		t, err := e.resolve(ctx, &e.plan.Flows[i])
		if err != nil {
			return err
		}
		seg.targets = append(seg.targets, t)
	}
	seg.done.Add(len(loops))
	for _, c := range loops {
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
