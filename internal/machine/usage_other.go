//go:build !unix

package machine

import "time"

// ProcessUsage returns zeros: this system does not say.
func ProcessUsage() (cpu time.Duration, maxRSS int64) { return 0, 0 }
