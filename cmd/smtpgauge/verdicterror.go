package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/printable"
)

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
