package labserver

import (
	"errors"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// coarse is how late time.Sleep may wake at worst, with room: the runtime waits
// in whole milliseconds when nothing else is to do.
const coarse = 3 * time.Millisecond

// sleep waits for d to within some 10 µs. Half a millisecond, by which
// time.Sleep is late, is one percent of a delay of 50 ms: as much as the whole
// allowance of what is checked against it.
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
	// A thread's timers may fire up to 50 µs late unless it asks otherwise.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // better than nothing where it fails
	for {
		err := unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &due, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}
