package netdrive

import (
	"bytes"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// openSchedstat opens what the kernel's scheduler counts of the calling
// thread. It is opened ahead: a generator that has run out of descriptors
// still has to tell how it is.
func openSchedstat() int {
	fd, err := unix.Open("/proc/thread-self/schedstat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1 // a kernel that does not count: then the run delay is not known
	}
	return fd
}

// runDelay reads how long the thread has waited for a processor, 0 where the
// kernel does not tell.
func runDelay(fd int) time.Duration {
	var line [96]byte
	n, err := unix.Pread(fd, line[:], 0)
	if err != nil {
		return 0
	}
	return parseRunDelay(line[:n])
}

// parseRunDelay takes the second of the three fields: nanoseconds on a
// processor, nanoseconds ready to run and waiting for one, turns taken.
func parseRunDelay(line []byte) time.Duration {
	fields := bytes.Fields(line)
	if len(fields) != 3 {
		return 0
	}
	ns, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(ns)
}
