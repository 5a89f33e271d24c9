package gauge

import (
	"context"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// measure runs the job's plan; its sink, if it has one, is in place. If anything was
// measured there is a run, also beside an error, which is then that of writing
// the file.
func (j *Job) measure(ctx context.Context, o Options) (*record.Run, error) {
	p := j.Plan
	var collector *record.Collector
	recorder := func(shard int) sample.Recorder { return collector.Recorder(shard) }
	engine, err := loadgen.New(p, recorder, loadgen.Options{Shards: o.Shards, More: o.More})
	if err != nil {
		return nil, err
	}
	before, known := o.FreeCores(ctx)
	// Last, since the header says when the run started, and rendering the mail
	// ahead takes its time.
	collector, err = record.NewCollector(o.File, record.NewHeader(p, j.Criteria), p, o.Shards, o.OnInterval)
	if err != nil {
		return nil, err
	}
	stopWatching := watch(o.Drain, engine)
	report, err := engine.Run(ctx)
	stopWatching()
	if err != nil {
		// Nothing ran, so there is nothing to keep; closing ends the collector.
		_, _ = collector.Close(&sample.Report{}, record.Usage{})
		return nil, err
	}
	generator := record.MeasureUsage()
	// Also of a run that was stopped at once: what it measured is judged by it.
	if after, ok := o.FreeCores(context.WithoutCancel(ctx)); ok && known {
		generator.Free = &record.FreeAround{Before: before, After: after}
	}
	return collector.Close(report, generator)
}

// watch drains the engine when it is told to.
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
