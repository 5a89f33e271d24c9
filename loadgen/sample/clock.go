package sample

// A Clock says which clock the arrival times of a run's replies come from.
type Clock uint8

// The clocks.
const (
	KernelClock Clock = iota // every reply had a kernel stamp
	MixedClock               // some had
	UserClock                // none had
	NoClock                  // there was no reply
)

// ClockOf returns the clock of a run in which so many replies had a kernel
// stamp, and so many had none.
func ClockOf(stamped, bare int64) Clock {
	switch {
	case stamped == 0 && bare == 0:
		return NoClock
	case stamped == 0:
		return UserClock
	case bare == 0:
		return KernelClock
	}
	return MixedClock
}

// String returns the clock's name as it stands in results.
func (c Clock) String() string {
	switch c {
	case KernelClock:
		return "kernel"
	case MixedClock:
		return "mixed"
	case UserClock:
		return "user"
	}
	return "unknown"
}
