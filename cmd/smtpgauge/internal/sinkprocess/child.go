package sinkprocess

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
)

// Serve is the child: it serves until stdin ends.
func Serve(stdin io.Reader, stdout, stderr io.Writer) error {
	// Collecting less often is worth more here than memory: the sink keeps
	// nothing but its connections.
	debug.SetGCPercent(400)
	in := json.NewDecoder(stdin)
	var request sinkRequest
	if err := in.Decode(&request); err != nil {
		return fmt.Errorf("the sink of a run is started by the run: %w", err)
	}
	machine.RaiseOpenFiles(request.Descriptors, io.Discard) // the run itself says what is missing
	config := request.Config()
	config.Logf = FewLines(stderr)
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
