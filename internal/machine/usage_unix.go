//go:build unix

package machine

import (
	"runtime"
	"syscall"
	"time"
)

// ProcessUsage returns the processor time of this process, and the most memory that it
// had, in bytes.
func ProcessUsage() (cpu time.Duration, maxRSS int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	maxRSS = int64(u.Maxrss)
	if runtime.GOOS != "darwin" { // darwin counts in bytes, the others in KiB
		maxRSS <<= 10
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), maxRSS
}
