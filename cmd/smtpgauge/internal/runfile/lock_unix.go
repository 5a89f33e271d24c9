//go:build linux || darwin

package runfile

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock keeps a file from others that ask for it so, until it is closed. It is
// false where one has it; a file system without locks keeps nobody out.
func lock(f *os.File) bool {
	return !errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}
