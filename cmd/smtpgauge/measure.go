package main

import (
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen"
)

// freeCores looks at what else the machine does. Tests take its place, since
// they have to pass however busy it is.
var freeCores = machine.FreeCores

// carryOut carries a job out, unless stop ends it early. Its sink is a process
// of its own.
func carryOut(stop interruption, job *gauge.Job, stderr io.Writer, o gauge.Options) (*gauge.Result, error) {
	o.Drain, o.FreeCores = stop.drain, freeCores
	o.Sink = sinkprocess.Sinks{Stderr: stderr, Descriptors: descriptorsFor(job.Plan)}
	result, err := job.Run(stop.ctx, o)
	return result, withManners(err)
}

// reportSink says what the built-in server took, if there was one.
func reportSink(served *gauge.Served, stderr io.Writer) {
	switch {
	case served == nil:
	case served.Err != nil:
		fmt.Fprintf(stderr, "warning: %v\n", served.Err)
	default:
		fmt.Fprintf(stderr, "sink: %s\n", served.Counts)
	}
}

// spareDescriptors is what the program has open beside its sessions, with room.
const spareDescriptors = 64

// descriptorsFor is how many open files a plan needs at most.
func descriptorsFor(p *loadgen.Plan) uint64 { return uint64(p.MostSessions()) + spareDescriptors }
