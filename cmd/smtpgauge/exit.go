package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/capacitysearch"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/openfiles"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/runfile"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/usage"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// The exit codes: docs/exit-codes.md says what causes each.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitMissed      = 3
	exitUndecided   = 4
	exitInterrupted = 130
)

// usagef makes a usage.Error.
func usagef(hint, format string, args ...any) error { return usage.Errorf(hint, format, args...) }

// Why a comparison is not a success.
var (
	errRegression = errors.New("regression")
	errUndecided  = errors.New("undecided")
)

// exitCode is the one place that says what an error means to a script.
func exitCode(err error) int {
	var mistake *usage.Error
	var faults scenarios.Faults
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &mistake), errors.As(err, &faults):
		return exitUsage
	case errors.Is(err, gauge.ErrInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, gauge.ErrFailed), errors.Is(err, gauge.ErrInvalid):
		return exitFailed
	case errors.Is(err, gauge.ErrThresholdMissed), errors.Is(err, errRegression), errors.Is(err, errFound), errors.Is(err, capacitysearch.ErrBelow):
		return exitMissed
	case isUndecided(err):
		return exitUndecided
	}
	return exitFailed
}

// isUndecided tells whether nothing went wrong but that something is undecided.
func isUndecided(err error) bool {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return errors.Is(err, errUndecided) || errors.Is(err, capacitysearch.ErrUndecided) || errors.Is(err, gauge.ErrUndecided)
	}
	for _, part := range joined.Unwrap() {
		if !isUndecided(part) {
			return false
		}
	}
	return true
}

// finish prints what went wrong and returns the exit code.
func finish(err error, stderr io.Writer) int {
	var mistake *usage.Error
	var faults scenarios.Faults
	var broken check.Faults
	var shown *shownFaults
	switch {
	case err == nil:
	case errors.As(err, &shown):
		for _, f := range shown.Faults {
			fmt.Fprintf(stderr, "hint: %s\n", printable.Text(f.Do))
		}
		fmt.Fprintln(stderr, probed)
	case errors.As(err, &broken):
		printFaults(broken, stderr)
	case errors.As(err, &faults):
		// Each on a line of its own and without a prefix, as editors and CI systems
		// read them.
		for _, f := range faults {
			fmt.Fprintln(stderr, printable.Text(f.Error()))
		}
	case errors.As(err, &mistake):
		fmt.Fprintf(stderr, "smtpgauge: %s\nhint: %s\n", printable.Text(mistake.Error()), printable.Text(mistake.Hint))
	default:
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if line != "" { // what stdout has told, as a verdictError says
				fmt.Fprintf(stderr, "smtpgauge: %s\n", line)
			}
		}
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			fmt.Fprintf(stderr, "hint: %s\n", openfiles.Advice)
		}
	}
	return exitCode(err)
}

// refusedFile makes a usage error of a runfile.RefusedError.
func refusedFile(err error) error {
	if errors.As(err, new(runfile.RefusedError)) {
		return usagef("give -o the name of a new file, or of a run file to overwrite", "%w", err)
	}
	return err
}

// printFaults prints why a run was not begun.
func printFaults(faults check.Faults, stderr io.Writer) {
	for _, f := range faults {
		fmt.Fprintf(stderr, "smtpgauge: %s\nhint: %s\n", printable.Text(f.Error()), printable.Text(f.Do))
	}
	fmt.Fprintln(stderr, "nothing was loaded: "+probed)
}

// probed says how the faults were found.
const probed = "one session was tried first, without a message; --no-probe leaves that out"

// shownFaults are faults that the terminal shows already, with the result that they are.
type shownFaults struct{ check.Faults }

// Unwrap is what a run came to.
func (f *shownFaults) Unwrap() error { return f.Faults }

// A verdictError decides the exit code of a run that is not a success. Its text is the
// verdict, and empty if the results on stdout have told that already.
type verdictError struct {
	why  error
	text string
}

func (e *verdictError) Error() string { return e.text }
func (e *verdictError) Unwrap() error { return e.why }

// tellsVerdict are the formats whose last line is the verdict.
var tellsVerdict = []string{"table", "markdown"}

// verdictOf returns why a run is not a success; nil if it is one. If an invalid run is
// allowed, its thresholds alone decide.
func (f *runFlags) verdictOf(result *gauge.Result, stderr io.Writer) error {
	why := result.Err()
	if f.allowInvalid && errors.Is(why, gauge.ErrInvalid) {
		why = allowInvalid(why, stderr)
	}
	if why == nil {
		return nil
	}
	e := &verdictError{why: why}
	if !slices.Contains(tellsVerdict, f.format.name) {
		e.text = printable.Text(result.Figures.Verdict.String())
	}
	return e
}

const allowInvalidHelp = "if the run is INVALID, let its thresholds alone decide the exit code"

// allowInvalid leaves out of several errors those that say that a measurement is
// invalid.
func allowInvalid(err error, stderr io.Writer) error {
	list := []error{err}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		list = slices.Clone(several.Unwrap())
	}
	before := len(list)
	list = slices.DeleteFunc(list, func(e error) bool { return errors.Is(e, gauge.ErrInvalid) })
	if len(list) < before {
		fmt.Fprintln(stderr, "warning: INVALID is allowed by --allow-invalid, and does not decide the exit code")
	}
	return errors.Join(list...)
}
