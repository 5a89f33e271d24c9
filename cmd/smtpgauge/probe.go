package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// A probeFlag leaves out the look at the target before the load.
type probeFlag struct{ off bool }

func (f *probeFlag) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.off, "no-probe", false, "load at once, without trying one session of each flow first")
}

// probe tries one session of each flow of some jobs, before any of them runs. It prints
// the faults that may pass. To interrupt it in either way ends it.
func (f *probeFlag) probe(stop interruption, stderr io.Writer, jobs ...*gauge.Job) error {
	if f.off {
		return nil
	}
	ctx, cancel := context.WithCancel(stop.ctx)
	defer cancel()
	go func() {
		select {
		case <-stop.drain:
			cancel()
		case <-ctx.Done():
		}
	}()
	for _, job := range jobs {
		passing, err := job.Probe(ctx)
		switch {
		case errors.Is(err, context.Canceled):
			return fmt.Errorf("%w before the load", gauge.ErrInterrupted)
		case err != nil && !errors.As(err, new(check.Faults)):
			return strangerHint(err)
		}
		for _, fault := range passing {
			fmt.Fprintf(stderr, "warning: %s\nhint: %s\n", printable.Text(fault.Error()), printable.Text(fault.Do))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// printFaults prints why a run was not begun.
func printFaults(faults check.Faults, stderr io.Writer) {
	for _, f := range faults {
		fmt.Fprintf(stderr, "smtpgauge: %s\nhint: %s\n", printable.Text(f.Error()), printable.Text(f.Do))
	}
	fmt.Fprintln(stderr, "nothing was loaded: one session was tried first, without a message; --no-probe leaves that out")
}
