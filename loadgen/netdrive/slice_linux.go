package netdrive

import "golang.org/x/sys/unix"

// slice is the turn of CPU time the loop's thread asks for, the shortest that
// the kernel gives.
const slice = 100_000 // ns

// askForShortTurns tells the scheduler that this thread would rather run soon
// and briefly than long: a thread with a short slice goes before others when
// it wakes, within its fair share. Linux has that since 6.12, and takes no
// notice before.
func askForShortTurns() {
	a, err := unix.SchedGetAttr(0, 0)
	if err != nil || a.Policy != unix.SCHED_NORMAL {
		return
	}
	a.Runtime = slice
	_ = unix.SchedSetAttr(0, a, 0) // then turns are as long as everybody's
}
