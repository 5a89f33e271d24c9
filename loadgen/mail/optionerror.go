package mail

import "fmt"

// An Option is the name of a field of Options, in lower case.
type Option string

// The options that can be wrong.
const (
	OptionFrom       Option = "from"
	OptionTo         Option = "to"
	OptionRecipients Option = "recipients"
	OptionFiles      Option = "files"
	OptionSize       Option = "size"
	OptionAttach     Option = "attach"
	OptionHeader     Option = "header"
)

// An OptionError says what is wrong with one of the Options.
type OptionError struct {
	Option Option
	Err    error // what is wrong, and what would be right
}

// Error puts the option's name before what is wrong with it.
func (e *OptionError) Error() string { return string(e.Option) + ": " + e.Err.Error() }

// Unwrap returns what is wrong.
func (e *OptionError) Unwrap() error { return e.Err }

// faultf makes an error about an option.
func (o Option) faultf(format string, args ...any) error {
	return &OptionError{Option: o, Err: fmt.Errorf(format, args...)}
}
