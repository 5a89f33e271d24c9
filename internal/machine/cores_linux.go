package machine

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// tick is the unit of /proc/stat. It is the same on every architecture that Go has.
const tick = 10 * time.Millisecond

// idleTime returns how long the cores that this process may use have been idle, all
// together.
func idleTime() (time.Duration, bool) {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return 0, false
	}
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	return parseIdle(stat, allowed.IsSet)
}

// parseIdle adds up the fields for idle and for waiting for a disk, the fourth and the
// fifth, of the lines "cpu0", "cpu1" and so on.
func parseIdle(stat []byte, allowed func(core int) bool) (idle time.Duration, ok bool) {
	for line := range bytes.Lines(stat) {
		fields := bytes.Fields(line)
		if len(fields) < 6 || !bytes.HasPrefix(fields[0], []byte("cpu")) {
			continue
		}
		core, err := strconv.Atoi(string(fields[0][len("cpu"):]))
		if err != nil || !allowed(core) { // the line "cpu" is the sum
			continue
		}
		for _, f := range fields[4:6] {
			n, err := strconv.ParseInt(string(f), 10, 64)
			if err != nil {
				return 0, false
			}
			idle += time.Duration(n) * tick
		}
		ok = true
	}
	return idle, ok
}
