//go:build !linux && !darwin

package console

// WriteFromBackground does nothing: terminals stop no program here.
func WriteFromBackground() (undo func()) { return func() {} }
