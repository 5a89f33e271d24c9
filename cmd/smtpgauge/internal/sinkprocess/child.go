package sinkprocess

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
)

// Serve is the child: it runs a sink, as the parent asks for it on stdin, until stdin
// ends.
func Serve(stdin io.Reader, stdout, stderr io.Writer) error {
	// Collect garbage less often: the sink keeps nothing but its connections, so it
	// has memory to spare, and the generator needs the CPU.
	debug.SetGCPercent(400)
	in := json.NewDecoder(stdin)
	var request sinkRequest
	if err := in.Decode(&request); err != nil {
		return fmt.Errorf("the sink of a run is started by the run itself: read its orders from stdin: %w", err)
	}
	machine.RaiseOpenFiles(request.Descriptors, io.Discard) // the run itself reports what is missing
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
	// Wait until stdin ends. Anything else that comes there has no meaning.
	if _, err := io.Copy(io.Discard, stdin); err != nil {
		fmt.Fprintf(stderr, "sink: %v\n", err)
	}
	if err := sink.Close(); err != nil {
		fmt.Fprintf(stderr, "sink: %v\n", err)
	}
	return out.Encode(sinkDone{sink.Counts()})
}
