package gauge

import (
	"context"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// Options say what goes on beside a run. The zero value measures with one loop,
// keeps no file, and has the built-in server in this process.
type Options struct {
	// File takes the run file as it grows; nil keeps none. Where it cannot be
	// written the measurement goes on, and its error comes beside the Result.
	File io.Writer

	// OnInterval is called about once a second with how far the run is, from a
	// goroutine of the run's; nil if nobody looks.
	OnInterval func(*record.Progress)

	Drain  <-chan struct{} // closed to end the run early but in order; may be nil
	More   func() bool     // gives the load out one by one, as loadgen.Options has it; nil leaves it to the plan
	Shards int             // loops that share the load, a thread each; 0 means 1

	// Sink starts the server for flows whose target is sink; nil starts it in
	// this process, where it shares the scheduler with the generator.
	Sink Sink

	// FreeCores looks at what else the machine does, before and after the load;
	// nil means the function of that name in results. Tests take its place, since
	// they have to pass however busy the machine is.
	FreeCores func(context.Context) (free float64, ok bool)
}

func (o Options) withDefaults() Options {
	if o.File == nil {
		o.File = io.Discard
	}
	if o.Sink == nil {
		o.Sink = inProcess{}
	}
	if o.FreeCores == nil {
		o.FreeCores = machine.FreeCores
	}
	o.Shards = max(1, o.Shards)
	return o
}
