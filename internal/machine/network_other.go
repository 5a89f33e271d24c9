//go:build !linux

package machine

// LocalPorts returns false: this system does not say.
func LocalPorts() (ports, waiting int, ok bool) { return 0, 0, false }

// ClockSynchronised returns false: this system does not say.
func ClockSynchronised() (synchronised, ok bool) { return false, false }
