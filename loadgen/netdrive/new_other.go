//go:build !linux

package netdrive

import "time"

// New makes the platform's best Driver for the calling goroutine, which must
// be the one to use it. epoch is what monotonic times count from.
func New(epoch time.Time) (Driver, error) { return NewPortable(epoch, nil), nil }
