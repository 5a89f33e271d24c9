//go:build linux

package harness

import (
	"errors"
	"os"
	"regexp"
	"strconv"
)

var vmHWM = regexp.MustCompile(`(?m)^VmHWM:\s*(\d+) kB$`)

// PeakMemory reads the most resident memory that a process has had, in bytes. It returns an error
// if the process has ended.
func PeakMemory(pid int) (int64, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	found := vmHWM.FindSubmatch(status)
	if found == nil {
		return 0, errors.New("no VmHWM: the process has ended")
	}
	kib, err := strconv.ParseInt(string(found[1]), 10, 64)
	return kib << 10, err
}
