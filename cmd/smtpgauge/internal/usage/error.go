// Package usage has the errors that are the caller's mistake, and says what may have been
// meant: a command, a flag, or a file in place of either.
package usage

import "fmt"

// An Error is the caller's mistake: what is wrong, and a hint on what to type.
type Error struct {
	Cause error
	Hint  string
}

// Errorf makes an Error of a hint, and of what is wrong as fmt.Errorf has it.
func Errorf(hint, format string, args ...any) error {
	return &Error{fmt.Errorf(format, args...), hint}
}

// Error says what is wrong, without the hint.
func (e *Error) Error() string { return e.Cause.Error() }

// Unwrap is what is wrong.
func (e *Error) Unwrap() error { return e.Cause }
