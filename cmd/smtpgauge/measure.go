package main

import (
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results"
)

// freeCores looks at what else the machine does. Tests take its place, since
// they have to pass however busy it is.
var freeCores = results.FreeCores

// measure carries out a plan, unless stop ends it early. onInterval hears about
// once a second how far it is.
func measure(stop interruption, p *loadgen.Plan, file io.Writer, onInterval func(*results.Interval)) (*results.Run, error) {
	run, err := results.Measurement{Plan: p, File: file, OnInterval: onInterval, Drain: stop.drain, FreeCores: freeCores}.Run(stop.ctx)
	return run, withManners(err)
}
