package gauge

import (
	"context"
	"fmt"
	"runtime"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
)

// measure runs the job's plan, whose sink listens already if it needs one. If there is
// an error beside a run, the run file could not be written.
func (j *Job) measure(ctx context.Context, o Options) (*record.Run, error) {
	p := j.Plan
	if o.Shards == 0 {
		s := j.Sharding(ctx)
		o.Shards, o.ShardsWhy = s.Shards, s.Why
	}
	threads, why := thisRoom(false).threads(o.Shards, o.ShardsWhy)
	var collector *record.Collector
	recorder := func(shard int) sample.Recorder { return collector.Recorder(shard) }
	var engine *loadgen.Engine
	var err error
	aborts := figures.NewAbortWatch(j.Criteria.Aborts, func() { engine.Drain() })
	onInterval := o.OnInterval
	if len(j.Criteria.Aborts) > 0 {
		onInterval = func(p *record.Progress) {
			aborts.Observe(p)
			if o.OnInterval != nil {
				o.OnInterval(p)
			}
		}
	}
	engine, err = loadgen.New(p, recorder, loadgen.Options{Shards: o.Shards, Threads: threads, Part: o.Part, More: o.More, Begin: o.Begin})
	if err != nil {
		return nil, err
	}
	server := &lookout{}
	if o.Place == nil {
		if name := j.scenario.WatchedBy(); name != "" {
			return nil, fmt.Errorf("server: {agent: %s}: a run on this machine has no agents: use --agents, or processes if the server is here", name)
		}
		if server, err = j.lookout(ctx); err != nil {
			return nil, err
		}
	}
	before, known := o.FreeCores(ctx)
	if o.Begin != nil {
		o.Begin(ctx, 0)
	}
	// Last, because the header has the time at which the run starts, and it takes
	// time to render the mail ahead.
	header := record.NewHeader(p, j.Criteria)
	header.Sharding = record.Sharding{Shards: o.Shards, Why: why}
	if o.Place != nil {
		header.Agent = o.Place()
	}
	collector, err = record.NewCollector(o.File, header, p, o.Shards, onInterval)
	if err != nil {
		return nil, err
	}
	stopWatching := watch(o.Drain, engine)
	stopLooking := server.watch(collector)
	restore := spareProcessors(threads)
	usage := generator.StartUsage()
	report, err := engine.Run(ctx)
	restore()
	used := usage.Used()
	stopLooking()
	stopWatching()
	if err != nil {
		// Nothing ran, so there is nothing to keep. Close ends the collector.
		_, _ = collector.Close(&sample.Report{}, generator.Usage{})
		return nil, err
	}
	if report.Aborted = aborts.Fired(); report.Aborted != "" && !drained(o.Drain) && ctx.Err() == nil {
		report.Interrupted = false // not by its user
	}
	if report.Interrupted && o.Deserted != nil && o.Deserted() {
		report.Interrupted, report.Deserted = false, true
	}
	// Not by ctx: the verdict on a run that was canceled needs this too.
	if after, ok := o.FreeCores(context.WithoutCancel(ctx)); ok && known {
		used.Free = &generator.FreeAround{Before: before, After: after}
	}
	return collector.Close(report, used)
}

// spareProcessors sees to it that Go's scheduler has a processor for each thread of the
// generator, which keeps one while it waits for replies, and one for the rest.
func spareProcessors(threads int) (restore func()) {
	given := runtime.GOMAXPROCS(0)
	if given > threads {
		return func() {}
	}
	runtime.GOMAXPROCS(threads + 1)
	return func() { runtime.GOMAXPROCS(given) }
}

func drained(drain <-chan struct{}) bool {
	select {
	case <-drain:
		return true
	default:
		return false
	}
}

// watch drains the engine when the channel drain is closed.
func watch(drain <-chan struct{}, engine *loadgen.Engine) (stop func()) {
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-drain:
			engine.Drain()
		case <-over:
		}
	}()
	return func() {
		close(over)
		<-gone
	}
}
