//go:build !linux && !darwin

package console

// writeFromBackground has nothing to do where terminals stop nobody.
func writeFromBackground() (undo func()) { return func() {} }
