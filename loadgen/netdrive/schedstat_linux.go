package netdrive

import (
	"bytes"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// openSchedstat opens the file in which the kernel's scheduler counts the times
// of the calling thread; -1 if there is none. It is opened at the start, because
// a generator that has run out of descriptors could not open it later.
func openSchedstat() int {
	fd, err := unix.Open("/proc/thread-self/schedstat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1 // this kernel does not count, so the run delay is not known
	}
	return fd
}

// runDelay reads how long the thread has waited for a processor; 0 if the kernel
// does not count that.
func runDelay(fd int) time.Duration {
	var line [96]byte
	n, err := unix.Pread(fd, line[:], 0)
	if err != nil {
		return 0
	}
	return parseRunDelay(line[:n])
}

// parseRunDelay returns the second of the three fields: nanoseconds on a
// processor, nanoseconds spent ready to run and waiting for one, and how often the
// thread got a processor.
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
