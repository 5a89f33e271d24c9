package serverside

import "errors"

// An AbsentError says of a process or a control group that it is not there now. It may come.
type AbsentError struct{ err error }

func (e *AbsentError) Error() string { return e.err.Error() }

// Unwrap returns what was found in its place.
func (e *AbsentError) Unwrap() error { return e.err }

// IsAbsent tells whether an error of New has nothing but AbsentErrors: then all of the server
// may be there later.
func IsAbsent(err error) bool {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			if !IsAbsent(err) {
				return false
			}
		}
		return true
	}
	return errors.As(err, new(*AbsentError))
}
