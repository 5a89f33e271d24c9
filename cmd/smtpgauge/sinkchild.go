package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
)

// newSinkProcess is the child's side of sinkproc.go.
func newSinkProcess(s streams) *cobra.Command {
	return &cobra.Command{
		Use:    sinkCommand,
		Short:  "the sink of a run, which the run starts by itself",
		Hidden: true,
		Args:   exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			// ^C on a terminal and its end reach the whole process group, but a
			// draining run still needs its sink: only the end of stdin ends it.
			signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
			return serveSink(s.in, s.out, s.err)
		},
	}
}

func serveSink(stdin io.Reader, stdout, stderr io.Writer) error {
	// Collecting less often is worth more here than memory: the sink keeps
	// nothing but its connections.
	debug.SetGCPercent(400)
	in := json.NewDecoder(stdin)
	var request sinkRequest
	if err := in.Decode(&request); err != nil {
		return fmt.Errorf("the sink of a run is started by the run: %w", err)
	}
	ensureDescriptors(request.Descriptors, io.Discard) // the run itself says what is missing
	config := request.Config()
	config.Logf = fewLines(stderr)
	sink, err := smtpsink.Start(config)
	out := json.NewEncoder(stdout)
	if err != nil {
		return out.Encode(sinkReady{Error: err.Error()})
	}
	ready := sinkReady{CA: sink.CAPEM()}
	for _, a := range sink.Addrs() {
		ready.Addresses = append(ready.Addresses, a.String())
	}
	if err := out.Encode(ready); err != nil {
		return sink.Close()
	}
	// Until stdin ends; what else comes there means nothing.
	if _, err := io.Copy(io.Discard, stdin); err != nil {
		fmt.Fprintf(stderr, "sink: %v\n", err)
	}
	if err := sink.Close(); err != nil {
		fmt.Fprintf(stderr, "sink: %v\n", err)
	}
	return out.Encode(sinkDone{sink.Counts()})
}
