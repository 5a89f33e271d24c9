package main

import (
	"context"
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results"
)

// A measurement is a run as a function call: a plan goes in, a run comes out.
// What surrounds it, where the plan came from and who looks at the outcome, is
// the callers' matter.
type measurement struct {
	plan       *loadgen.Plan
	file       io.Writer               // takes the run file as it grows
	onInterval func(*results.Interval) // about once a second; nil where nobody looks
	drain      <-chan struct{}         // closed to end the run early but in order; may be nil
	shards     int                     // 0 means 1
}

// freeCores looks at what else the machine does. Tests take its place, since
// they have to pass however busy it is.
var freeCores = results.FreeCores

// run carries the measurement out. Canceling ctx stops it at once. Where
// anything was measured there is a Run, also beside an error, which is then
// that of writing the file.
func (m *measurement) run(ctx context.Context) (*results.Run, error) {
	shards := max(1, m.shards)
	var collector *results.Collector
	record := func(shard int) loadgen.Recorder { return collector.Recorder(shard) }
	engine, err := loadgen.New(m.plan, record, loadgen.Options{Shards: shards})
	if err != nil {
		return nil, err
	}
	before, known := freeCores(ctx)
	// Last, since the header says when the run started, and rendering the mail
	// ahead takes its time.
	collector, err = results.NewCollector(m.file, results.NewHeader(m.plan), m.plan, shards, m.onInterval)
	if err != nil {
		return nil, err
	}
	stopWatching := m.watch(engine)
	report, err := engine.Run(ctx)
	stopWatching()
	if err != nil {
		// Nothing ran, so there is nothing to keep; closing ends the collector.
		_, _ = collector.Close(&loadgen.Report{}, results.Generator{})
		return nil, err
	}
	generator := results.MeasureGenerator()
	if after, ok := freeCores(ctx); ok && known {
		generator.Free = &results.FreeBeside{Before: before, After: after}
	}
	return collector.Close(report, generator)
}

// watch drains the engine when it is told to.
func (m *measurement) watch(engine *loadgen.Engine) (stop func()) {
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-m.drain:
			engine.Drain()
		case <-over:
		}
	}()
	return func() {
		close(over)
		<-gone
	}
}
