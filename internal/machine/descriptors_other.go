//go:build !linux && !darwin

package machine

import "io"

// RaiseOpenFiles has nothing to raise here.
func RaiseOpenFiles(uint64, io.Writer) {}

// OpenFilesLimit returns false: this system does not say.
func OpenFilesLimit() (limit uint64, ok bool) { return 0, false }
