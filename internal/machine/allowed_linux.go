package machine

import (
	"bytes"
	"os"
	"path"
	"strconv"

	"golang.org/x/sys/unix"
)

func affinity() (cores int, ok bool) {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return 0, false
	}
	return allowed.Count(), true
}

// controlGroups is where the hierarchy of version 2 is mounted, on a system that has no
// other.
const controlGroups = "/sys/fs/cgroup"

func quota() float64 {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0
	}
	return smallestQuota(own, func(group string) []byte {
		limit, _ := os.ReadFile(path.Join(controlGroups, group, "cpu.max")) // the root has none
		return limit
	})
}

// smallestQuota returns the least that the control group of a process, or one above it,
// grants it; 0 if none sets a limit. own is the process's /proc/self/cgroup, and read
// returns the cpu.max of a group.
func smallestQuota(own []byte, read func(group string) []byte) (least float64) {
	for line := range bytes.Lines(own) {
		group, found := bytes.CutPrefix(bytes.TrimSpace(line), []byte("0::")) // version 2; see cgroups(7)
		if !found {
			continue
		}
		for name := path.Join("/", string(group)); ; name = path.Dir(name) {
			if q, ok := parseQuota(read(name)); ok && (least == 0 || q < least) {
				least = q
			}
			if name == "/" {
				break
			}
		}
	}
	return least
}

// parseQuota reads "QUOTA PERIOD" in microseconds, or "max PERIOD" for no limit.
func parseQuota(text []byte) (cores float64, ok bool) {
	fields := bytes.Fields(text)
	if len(fields) != 2 {
		return 0, false
	}
	quota, err1 := strconv.ParseUint(string(fields[0]), 10, 63)
	period, err2 := strconv.ParseUint(string(fields[1]), 10, 63)
	if err1 != nil || err2 != nil || quota == 0 || period == 0 {
		return 0, false
	}
	return float64(quota) / float64(period), true
}
