package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
)

// newSinkProcess returns the hidden command that a run starts as its sink.
func newSinkProcess(s streams) *cobra.Command {
	return &cobra.Command{
		Use:    sinkprocess.Command,
		Short:  "the sink of a run; the run itself starts it",
		Hidden: true,
		Args:   exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			// ^C and the end of a terminal reach the whole process group. But a run
			// that drains still needs its sink, so only the end of stdin ends it.
			signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
			return sinkprocess.Serve(s.in, s.out, s.err)
		},
	}
}
