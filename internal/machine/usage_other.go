//go:build !unix

package machine

import "time"

// ProcessUsage is not known here.
func ProcessUsage() (cpu time.Duration, maxRSS int64) { return 0, 0 }
