//go:build !linux

package netdrive

import "time"

// New makes the best Driver of this platform for the calling goroutine, which
// alone may use it. Monotonic times count from epoch.
func New(epoch time.Time) (Driver, error) { return NewPortable(epoch, nil), nil }
