//go:build !linux && !darwin

package console

// WriteFromBackground has nothing to do where terminals stop nobody.
func WriteFromBackground() (undo func()) { return func() {} }
