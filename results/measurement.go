package results

import (
	"context"
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

// A Measurement is a run as a function call: a plan goes in, a Run comes out.
// Where the plan came from, who looks at the outcome and what it means for a
// command or a test is the callers' matter: nothing is printed, no signal is
// taken, and the process goes on. It may be run again.
//
// Flows that go to the built-in server have to have been placed by
// scenarios.PlaceSink before. A target that is neither this machine nor on a
// private network, and not among the plan's MayLoad, ends the run with a
// *netdrive.StrangerError; scenarios.Scenario.CheckTarget finds it ahead.
type Measurement struct {
	Plan *loadgen.Plan

	File       io.Writer       // takes the run file as it grows; nil keeps none
	OnInterval func(*Interval) // called about once a second; nil where nobody looks
	Drain      <-chan struct{} // closed to end the run early but in order; may be nil
	More       func() bool     // gives the load out one by one, as loadgen.Options has it; nil leaves it to the plan
	Shards     int             // loops that share the load, a thread each; 0 means 1

	// FreeCores looks at what else the machine does, before and after the load;
	// nil means the function of that name. Tests take its place, since they have
	// to pass however busy the machine is.
	FreeCores func(context.Context) (free float64, ok bool)
}

// Run carries the measurement out. Canceling ctx stops it at once, and the Run
// then says that it was interrupted. Where anything was measured there is a
// Run, also beside an error, which is then that of writing the file.
func (m Measurement) Run(ctx context.Context) (*Run, error) {
	m = m.withDefaults()
	var collector *Collector
	record := func(shard int) loadgen.Recorder { return collector.Recorder(shard) }
	engine, err := loadgen.New(m.Plan, record, loadgen.Options{Shards: m.Shards, More: m.More})
	if err != nil {
		return nil, err
	}
	before, known := m.FreeCores(ctx)
	// Last, since the header says when the run started, and rendering the mail
	// ahead takes its time.
	collector, err = NewCollector(m.File, NewHeader(m.Plan), m.Plan, m.Shards, m.OnInterval)
	if err != nil {
		return nil, err
	}
	stopWatching := m.watch(engine)
	report, err := engine.Run(ctx)
	stopWatching()
	if err != nil {
		// Nothing ran, so there is nothing to keep; closing ends the collector.
		_, _ = collector.Close(&loadgen.Report{}, Generator{})
		return nil, err
	}
	generator := MeasureGenerator()
	// Also of a run that was stopped at once: what it measured is judged by it.
	if after, ok := m.FreeCores(context.WithoutCancel(ctx)); ok && known {
		generator.Free = &FreeBeside{Before: before, After: after}
	}
	return collector.Close(report, generator)
}

func (m Measurement) withDefaults() Measurement {
	if m.File == nil {
		m.File = io.Discard
	}
	if m.FreeCores == nil {
		m.FreeCores = FreeCores
	}
	m.Shards = max(1, m.Shards)
	return m
}

// watch drains the engine when it is told to.
func (m Measurement) watch(engine *loadgen.Engine) (stop func()) {
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-m.Drain:
			engine.Drain()
		case <-over:
		}
	}()
	return func() {
		close(over)
		<-gone
	}
}
