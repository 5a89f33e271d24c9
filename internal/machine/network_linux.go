package machine

import (
	"bytes"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// LocalPorts returns how many local ports the kernel may give to connections to one
// server, and how many connections of the whole machine are in TIME_WAIT.
func LocalPorts() (ports, waiting int, ok bool) {
	span, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return 0, 0, false
	}
	if ports, ok = parsePortRange(span); !ok {
		return 0, 0, false
	}
	stat, err := os.ReadFile("/proc/net/sockstat")
	if err != nil {
		return 0, 0, false
	}
	waiting, ok = parseTimeWait(stat)
	return ports, waiting, ok
}

func parsePortRange(text []byte) (ports int, ok bool) {
	fields := bytes.Fields(text)
	if len(fields) != 2 {
		return 0, false
	}
	low, err1 := strconv.Atoi(string(fields[0]))
	high, err2 := strconv.Atoi(string(fields[1]))
	return high - low + 1, err1 == nil && err2 == nil && low <= high
}

// parseTimeWait reads "tw" in the line of TCP.
func parseTimeWait(stat []byte) (n int, ok bool) {
	for line := range bytes.Lines(stat) {
		fields := bytes.Fields(line)
		if len(fields) == 0 || string(fields[0]) != "TCP:" {
			continue
		}
		for i := 1; i+1 < len(fields); i += 2 {
			if string(fields[i]) == "tw" {
				n, err := strconv.Atoi(string(fields[i+1]))
				return n, err == nil
			}
		}
	}
	return 0, false
}

// ClockSynchronised tells whether something keeps the kernel's clock right, as far as the
// kernel knows.
func ClockSynchronised() (synchronised, ok bool) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return false, false
	}
	return state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0, true
}
