package main

import (
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
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
