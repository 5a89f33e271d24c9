//go:build linux || darwin

package machine

import (
	"fmt"
	"io"
	"syscall"
)

// RaiseOpenFiles raises the limit on open files to what is needed, as far
// as it may, and says so where that is not far enough.
func RaiseOpenFiles(need uint64, stderr io.Writer) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		fmt.Fprintf(stderr, "warning: cannot read the limit on open files: %v\n", err)
		return
	}
	if limit.Cur >= need {
		return
	}
	// First the soft limit up to the hard one, which anyone may; then the hard
	// one, which only root may.
	raised := syscall.Rlimit{Cur: min(need, limit.Max), Max: limit.Max}
	if raised.Cur > limit.Cur && syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised) == nil {
		limit = raised
	}
	if limit.Cur < need && syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: need, Max: need}) == nil {
		return
	}
	if limit.Cur < need {
		fmt.Fprintf(stderr, "warning: the plan's sessions need %d open files and the limit is %d: those beyond it fail as local-limit; "+
			"raise the hard limit (ulimit -Hn %d as root, or LimitNOFILE= in a unit) or ask for fewer sessions\n", need, limit.Cur, need)
	}
}

// OpenFilesLimit returns how many open files this process may have, if it raises its
// limit as far as it may.
func OpenFilesLimit() (limit uint64, ok bool) {
	var l syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	return l.Max, err == nil
}
