//go:build !linux

package labserver

import "time"

// sleep waits for d, as exactly as time.Sleep.
func sleep(d time.Duration) { time.Sleep(d) }
