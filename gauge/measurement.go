package gauge

import (
	"context"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// measure runs the job's plan, whose sink listens already if it needs one. If there is
// an error beside a run, the run file could not be written.
func (j *Job) measure(ctx context.Context, o Options) (*record.Run, error) {
	p := j.Plan
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
	engine, err = loadgen.New(p, recorder, loadgen.Options{Shards: o.Shards, Part: o.Part, More: o.More})
	if err != nil {
		return nil, err
	}
	server, err := j.lookout(ctx)
	if err != nil {
		return nil, err
	}
	before, known := o.FreeCores(ctx)
	// Last, because the header has the time at which the run starts, and it takes
	// time to render the mail ahead.
	collector, err = record.NewCollector(o.File, record.NewHeader(p, j.Criteria), p, o.Shards, onInterval)
	if err != nil {
		return nil, err
	}
	stopWatching := watch(o.Drain, engine)
	stopLooking := server.watch(collector)
	report, err := engine.Run(ctx)
	stopLooking()
	stopWatching()
	if err != nil {
		// Nothing ran, so there is nothing to keep. Close ends the collector.
		_, _ = collector.Close(&sample.Report{}, record.Usage{})
		return nil, err
	}
	if report.Aborted = aborts.Fired(); report.Aborted != "" && !drained(o.Drain) && ctx.Err() == nil {
		report.Interrupted = false // not by its user
	}
	generator := record.MeasureUsage()
	// Not by ctx: the verdict on a run that was canceled needs this too.
	if after, ok := o.FreeCores(context.WithoutCancel(ctx)); ok && known {
		generator.Free = &record.FreeAround{Before: before, After: after}
	}
	return collector.Close(report, generator)
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
