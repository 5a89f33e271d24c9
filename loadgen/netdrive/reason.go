package netdrive

import (
	"errors"
	"fmt"
	"syscall"
)

// Reason returns the operating system's text for an error, without the addresses
// that package net puts before it. These differ by connection, and failures of
// the same cause are counted by their text.
func Reason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return fmt.Sprint(err)
}
