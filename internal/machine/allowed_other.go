//go:build !linux

package machine

// affinity returns false: Go knows how many cores there are.
func affinity() (cores int, ok bool) { return 0, false }

// quota returns 0: this system has no control groups.
func quota() float64 { return 0 }
