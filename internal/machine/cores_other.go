//go:build !linux

package machine

import "time"

// idleTime is not known here.
func idleTime() (time.Duration, bool) { return 0, false }
