//go:build !linux

package machine

// Identity returns nothing: only Linux is known to tell.
func Identity() (id string, cores []int) { return "", nil }
