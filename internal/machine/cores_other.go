//go:build !linux

package machine

import "time"

// idleTime returns false: this system does not say.
func idleTime() (time.Duration, bool) { return 0, false }
