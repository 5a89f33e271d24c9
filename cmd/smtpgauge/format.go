package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/capacityreport"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/stepsummary"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
)

// A formatFlag is the format that something is printed in.
type formatFlag struct {
	name  string
	known []string
}

// register adds --format for what is printed, in one of the known formats.
func (f *formatFlag) register(flags *pflag.FlagSet, what string, known []string) {
	*f = formatFlag{"table", known}
	flags.Var(f, "format", "print the "+what+" as `FORMAT`: "+strings.Join(known, ", "))
}

func (f *formatFlag) String() string { return f.name }
func (f *formatFlag) Type() string   { return "FORMAT" }

// Choices are the formats, for completion.
func (f *formatFlag) Choices() []string { return f.known }

func (f *formatFlag) Set(name string) error {
	if !slices.Contains(f.known, name) {
		return fmt.Errorf("use one of %s", strings.Join(f.known, ", "))
	}
	f.name = name
	return nil
}

// writeRuns prints runs: in one screen each, or all there is.
func writeRuns(p *console.Printout, format string, view render.Options, runs ...*record.Run) error {
	o := options(p)
	o.All, o.AllowInvalid = view.All, view.AllowInvalid
	return render.Runs.Write(p, format, runs, o)
}

// summarizeStep shows runs on the page of a GitHub workflow, if this is one.
func summarizeStep(runs []*record.Run, stderr io.Writer) {
	stepsummary.Append(stderr, func(w io.Writer) error {
		return render.Runs.Write(w, "markdown", runs, render.Options{})
	})
}

// allHelp says what --all does for a run.
const allHelp = "show all there is, and not only what fits a screen"

// options fit the terminal: its width, and colours if it has them.
func options(p *console.Printout) render.Options {
	width, color := p.Terminal()
	return render.Options{Width: width, Color: color}
}

// onlyCapacityFormats refuses the formats that only runs have.
func onlyCapacityFormats(format formatFlag) error {
	only := formatFlag{known: capacityreport.Formats}
	if err := only.Set(format.name); err != nil {
		return usagef(err.Error(), "a search for a capacity cannot be printed as %s", format.name)
	}
	return nil
}
