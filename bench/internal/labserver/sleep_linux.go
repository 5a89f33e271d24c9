package labserver

import (
	"errors"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// coarse is more than time.Sleep may be late: the runtime waits in whole milliseconds if it
// has nothing else to do.
const coarse = 3 * time.Millisecond

// sleep waits for d, to within some 10 µs. time.Sleep is half a millisecond late. That is one
// percent of a delay of 50 ms, and no more than one percent is allowed in the checks.
func sleep(d time.Duration) {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) != nil {
		time.Sleep(d)
		return
	}
	due := unix.NsecToTimespec(now.Nano() + int64(d))
	if d > coarse {
		time.Sleep(d - coarse)
	}
	// By default the kernel may let a thread's timers be 50 µs late.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // an error leaves the default
	for {
		err := unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &due, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}
