package main

import (
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results"
)

// freeCores looks at what else the machine does. Tests take its place, since
// they have to pass however busy it is.
var freeCores = results.FreeCores

// measure carries out a plan in view of whoever waits for it: display shows
// how far it is, and stop ends it early.
func measure(stop interruption, p *loadgen.Plan, file io.Writer, display *live) (*results.Run, error) {
	return results.Measurement{
		Plan: p, File: file, Drain: stop.drain, FreeCores: freeCores,
		OnInterval: func(i *results.Interval) { display.show(newProgress(p, i, stop.draining())) },
	}.Run(stop.ctx)
}
