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

// A formatFlag is the format that results are printed in.
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

// options fit the terminal: its width, and colours if it has them.
func options(p *console.Printout) render.Options {
	width, color := p.Terminal()
	return render.Options{Width: width, Color: color}
}
