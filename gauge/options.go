package gauge

import (
	"context"
	"io"

	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// Options say how a run is carried out. The zero value chooses how many loops it
// uses, keeps no run file, and starts the built-in server in this process.
type Options struct {
	// File takes the run file as it grows; nil keeps none. If File returns an
	// error, the measurement goes on, and Run returns the error with the Result.
	File io.Writer

	// OnInterval is called about once a second with what the run has measured so
	// far, from a goroutine of the run; nil if nobody wants it.
	OnInterval func(*record.Progress)

	// NoProbe leaves out the look at the target before the load (see Job.Probe).
	NoProbe bool

	// OnFault is called for each fault that this look finds and that may pass by
	// itself, before the load begins; nil if nobody wants it.
	OnFault func(*check.Fault)

	Drain <-chan struct{} // close it to end the run early but in order; may be nil
	More  func() bool     // gives out the load message by message (see loadgen.Options); nil leaves it to the plan

	// Shards is among how many the load is shared, each on a thread of its own, but
	// not on more threads than there are cores; 0 leaves it to Job.Sharding. While
	// the load lasts, GOMAXPROCS is one more than the threads, if it is less
	// otherwise.
	Shards    int
	ShardsWhy string // why so many, for the result

	// Part is the place of these shards among those of other processes that carry
	// out the same plan together; the zero value means that there are none.
	Part loadgen.Part

	// Begin is called before each segment of the run, counted from 0: before the run's
	// time begins, and before each turn of a flow or each round after that. The segment
	// begins when it returns, which it has to do when ctx ends or Drain is closed. nil
	// begins at once.
	Begin func(ctx context.Context, segment int)

	// Place is called after Begin has returned for the first time, and says where in a
	// fleet this process is; nil if it is in none. The coordinator of a fleet looks at the
	// server's own side, and its agents do not.
	Place func() *record.Place

	// Deserted is called when the run has ended, and tells whether Drain was closed, or ctx
	// ended, because the coordinator of its fleet fell silent; nil for no.
	Deserted func() bool

	// Elsewhere carries the run out in place of this process, such as on a fleet; nil
	// carries it out here. It is called with the options that Run was called with.
	Elsewhere func(context.Context, *Job, Options) (*record.Run, error)

	// Sink starts the server for flows whose target is sink; nil starts it in
	// this process, where it shares Go's scheduler with the generator.
	Sink Sink

	// FreeCores measures how many cores nobody uses, before and after the load.
	// ok is false if that is not known. nil asks the operating system. Tests give
	// a function of their own, because they have to pass on a busy machine.
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
	return o
}
