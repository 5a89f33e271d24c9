package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
)

// A formatFlag says how results are printed.
type formatFlag string

func (f *formatFlag) register(flags *pflag.FlagSet) {
	*f = "table"
	flags.Var(f, "format", "print results as `FORMAT`: "+strings.Join(render.Runs.Names(), ", "))
}

func (f *formatFlag) String() string { return string(*f) }
func (f *formatFlag) Type() string   { return "FORMAT" }

func (f *formatFlag) Set(name string) error {
	if !slices.Contains(render.Runs.Names(), name) {
		return fmt.Errorf("use one of %s", strings.Join(render.Runs.Names(), ", "))
	}
	*f = formatFlag(name)
	return nil
}

// write prints runs.
func (f *formatFlag) write(p *console.Printout, runs ...*record.Run) error {
	return render.Runs.Write(p, string(*f), runs, options(p))
}

// options are as wide and as colourful as the terminal allows.
func options(p *console.Printout) render.Options {
	width, color := p.Terminal()
	return render.Options{Width: width, Color: color}
}
