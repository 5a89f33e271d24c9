package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
)

// newSinkProcess is the child that a run starts for its sink.
func newSinkProcess(s streams) *cobra.Command {
	return &cobra.Command{
		Use:    sinkprocess.Command,
		Short:  "the sink of a run, which the run starts by itself",
		Hidden: true,
		Args:   exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			// ^C on a terminal and its end reach the whole process group, but a
			// draining run still needs its sink: only the end of stdin ends it.
			signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
			return sinkprocess.Serve(s.in, s.out, s.err)
		},
	}
}
