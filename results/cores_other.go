//go:build !linux

package results

import "time"

// idleTime is not known here.
func idleTime() (time.Duration, bool) { return 0, false }
