package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/crew"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/runfile"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/shardsflag"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/watch"
)

// carryOut carries a job out and shows its progress on a display and on a page, until
// stop ends it. Its sink is a process of its own. o.OnInterval sees each interval after
// these.
func (s streams) carryOut(stop interruption, job *gauge.Job, display *console.Live, page livePage, o gauge.Options) (*gauge.Result, error) {
	o.Drain, o.FreeCores = stop.drain, s.freeCores
	o.Sink = sinkprocess.Sinks{Stderr: display, Descriptors: descriptorsFor(job.Plan)}
	page.begin(job.Plan)
	observe := o.OnInterval
	o.OnInterval = func(i *record.Progress) {
		p := console.NewProgress(job.Plan, i)
		p.Draining = stop.draining()
		display.Show(p)
		page.observe(p.Standing, i)
		if observe != nil {
			observe(i)
		}
	}
	result, err := job.Run(stop.ctx, o)
	return result, strangerHint(err)
}

// turn runs a scenario once, into a file, and reads the file for comparing.
func (s streams) turn(stop interruption, job *gauge.Job, o gauge.Options, name string, display *console.Live, page livePage) (*record.Run, error) {
	if o.Elsewhere == nil {
		machine.RaiseOpenFiles(descriptorsFor(job.Plan)+watch.Descriptors+shardsflag.Descriptors(o.Shards), display)
	}
	file, err := runfile.Open(name, nil)
	if errors.As(err, new(runfile.RefusedError)) {
		return nil, usagef("give -o another folder", "%w", err)
	}
	if err != nil {
		return nil, err
	}
	o.File = file
	result, err := s.carryOut(stop, job, display, page, o)
	err = errors.Join(err, file.Close())
	switch {
	case result == nil:
		return nil, err
	case err != nil:
		return result.Run, fmt.Errorf("the run file %s is not whole: %w", name, err)
	}
	return readRun(name, record.ReadCourse)
}

// reportSink prints what the built-in server counted, if there was one.
func reportSink(served *gauge.Served, stderr io.Writer) {
	switch {
	case served == nil:
	case served.Err != nil:
		fmt.Fprintf(stderr, "warning: %v\n", served.Err)
	default:
		fmt.Fprintf(stderr, "sink: %s\n", served.Counts)
	}
}

// spareDescriptors is room for the files that are open beside the sessions.
const spareDescriptors = 64

// descriptorsFor is how many open files a plan needs at most.
func descriptorsFor(p *loadgen.Plan) uint64 { return uint64(p.MostSessions()) + spareDescriptors }

// A probeFlag leaves out the look at the target before the load.
type probeFlag struct{ off bool }

func (f *probeFlag) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.off, "no-probe", false, "load at once, without trying one session of each flow first")
}

// probe tries one session of each flow of some jobs, before any of them runs. It prints
// the faults that may pass. To interrupt it in either way ends it. The agents of a crew, if
// there is one, do it.
func (f *probeFlag) probe(stop interruption, stderr io.Writer, on *crew.Crew, jobs ...*gauge.Job) error {
	if f.off {
		return nil
	}
	ctx, cancel := stop.either()
	defer cancel()
	probe := func(ctx context.Context, job *gauge.Job) ([]*check.Fault, error) { return job.Probe(ctx) }
	if on != nil {
		probe = on.Probe
	}
	for _, job := range jobs {
		passing, err := probe(ctx, job)
		if err := told(passing, err, stderr); err != nil {
			return err
		}
	}
	return nil
}

// told prints the faults that a probe found and that may pass, and returns its error.
func told(passing []*check.Fault, err error, stderr io.Writer) error {
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%w before the load", gauge.ErrInterrupted)
	case err != nil && !errors.As(err, new(check.Faults)):
		return strangerHint(err)
	}
	for _, fault := range passing {
		fmt.Fprintf(stderr, "warning: %s\nhint: %s\n", printable.Text(fault.Error()), printable.Text(fault.Do))
	}
	return err
}
